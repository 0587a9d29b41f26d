import { expect, test } from 'vitest';
import type { NodeSpec } from '../generated/schemas';
import { foldedBlocks, rowName, rowsOf } from './folding';
import type { Wired } from './graph';

/** A block of a linear layer and a sum that skips it. */
const block = (name: string, source: string, size: number, reads = source): Wired => [
  {
    id: `${name}_fc`,
    inputs: [source],
    spec: { kind: 'linear', out_features: size, id: `${name}_fc`, block: name } as unknown as NodeSpec,
  },
  {
    id: `${name}_add`,
    inputs: [`${name}_fc`, reads],
    spec: { kind: 'add', id: `${name}_add`, block: name } as unknown as NodeSpec,
  },
];
const ROW: Wired = [...block('a', 'input', 4), ...block('b', 'a_add', 4), ...block('c', 'b_add', 4)];
const ALL = { a: true, b: true, c: true };

test('equal blocks one behind the other are a row', () => {
  expect(rowsOf(ROW)).toEqual([['a', 'b', 'c']]);
});

test('another size, or a wire past a block, ends a row', () => {
  expect(rowsOf([...block('a', 'input', 4), ...block('b', 'a_add', 5)])).toEqual([]);
  const skips: Wired = [...ROW.slice(0, 4), ...block('c', 'b_add', 4, 'a_add')];
  expect(rowsOf(skips)).toEqual([]);
});

test('a folded row is one card, an unfolded row its blocks', () => {
  const cards = (folds: Record<string, boolean>): Set<string> => new Set(foldedBlocks(ROW, folds).values());
  expect(cards({ ...ALL, [rowName('a')]: true })).toEqual(new Set(['a']));
  expect(cards({ ...ALL, [rowName('a')]: false })).toEqual(new Set(['a', 'b', 'c']));
  expect(cards({ ...ALL, b: false, [rowName('a')]: true })).toEqual(new Set(['a', 'c']));
});
