import { expect, test } from 'vitest';
import type { Field } from '../forms/schema';
import type { NodeSpec } from '../generated/schemas';
import { sortFields } from './rarely';

const field = (name: string): Field => ({
  name,
  help: '',
  initial: null,
  isLive: false,
  isOptional: true,
  form: { kind: 'switch' },
});
const named = (fields: readonly Field[]): string[] => fields.map(({ name }) => name);
const LINEAR = ['out_features', 'bias', 'in_features'].map(field);

test('what is rarely set lies behind one line until it is written', () => {
  const usual = sortFields(LINEAR, { kind: 'linear', out_features: 3 } as unknown as NodeSpec);
  expect(named(usual.open)).toEqual(['out_features']);
  expect(named(usual.rare)).toEqual(['bias', 'in_features']);
  const stated = sortFields(LINEAR, { kind: 'linear', out_features: 3, in_features: 7 } as unknown as NodeSpec);
  expect(named(stated.open)).toEqual(['out_features', 'in_features']);
});

test('a layer with rare fields only shows them', () => {
  const { open, rare } = sortFields(['eps', 'num_features'].map(field), {
    kind: 'instance_norm',
  } as unknown as NodeSpec);
  expect(named(open)).toEqual(['eps', 'num_features']);
  expect(rare).toEqual([]);
});
