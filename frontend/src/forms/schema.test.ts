import { describe, expect, it } from 'vitest';
import { defaultsOf, fieldsOf } from './schema';

const SCHEMA = {
  properties: {
    lr: { default: 0.05, minimum: 0, maximum: 1e6, type: 'number', description: 'Rate.', 'x-live': true },
    betas: { default: [0.9, 0.999], type: 'array', items: { type: 'number', minimum: 0 }, minItems: 2, maxItems: 2 },
    nesterov: { default: false, type: 'boolean' },
    mode: { default: 'fan_in', enum: ['fan_in', 'fan_out'], type: 'string' },
    size: { $ref: '#/$defs/Size' },
    gain: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'null' }], default: null },
    padding: { anyOf: [{ type: 'integer' }, { const: 'same' }], default: 0 },
  },
  $defs: { Size: { type: 'integer', minimum: 1, default: 3 } },
};

describe('fields of a JSON Schema', () => {
  const fields = Object.fromEntries(fieldsOf(SCHEMA).map((field) => [field.name, field]));

  it('know their control', () => {
    expect(Object.values(fields).map((field) => field.shape.type)).toEqual([
      'number',
      'numbers',
      'boolean',
      'choice',
      'number',
      'number',
      'other',
    ]);
  });

  it('carry words, limits and whether they act live', () => {
    expect(fields.lr).toMatchObject({ label: 'Rate', help: 'Rate.', isLive: true, unit: 'log' });
    expect(fields.size?.shape).toMatchObject({ rule: { isInteger: true, min: 1 } });
    expect(fields.gain?.shape).toMatchObject({ isNullable: true, rule: { min: 0, isAboveMin: true } });
  });

  it('have defaults', () => {
    expect(defaultsOf(SCHEMA)).toMatchObject({ lr: 0.05, betas: [0.9, 0.999], size: 3, gain: null });
  });
});
