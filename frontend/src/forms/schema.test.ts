import { describe, expect, it } from 'vitest';
import type { Kind } from '../generated/schemas';
import { fieldNames, fieldsOf } from './schema';
import { inFormWords } from './words';

const formOf = (schema: object) => fieldsOf({ fields: { properties: { one: schema } } } as unknown as Kind)[0]?.form;

describe('the form of a list', () => {
  it('is a number field for each where there are as many numbers as the schema says', () => {
    const numbers = { kind: 'numbers', count: 2 };
    expect(formOf({ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 })).toMatchObject(numbers);
    const whole = { type: 'integer', minimum: 1 };
    expect(formOf({ type: 'array', prefixItems: [whole, whole], minItems: 2, maxItems: 2 })).toMatchObject(numbers);
  });

  it('is a choice of several where the entries are words', () => {
    expect(formOf({ type: 'array', items: { enum: ['x', 'y'] } })).toEqual({ kind: 'choices', options: ['x', 'y'] });
  });

  it('has no fields for entries that have entries', () => {
    const point = { type: 'array', prefixItems: [{ type: 'number' }], maxItems: 3 };
    expect(formOf({ type: 'array', items: point, maxItems: 2000 })).toEqual({ kind: 'list' });
    expect(formOf({ type: 'array', items: { type: 'string' } })).toEqual({ kind: 'list' });
  });
});

describe('a sentence about fields', () => {
  const kind = { fields: { properties: { kernel_size: {}, start_dim: {}, stride: {} } } } as unknown as Kind;

  it('calls them as the form does, and leaves names that are none', () => {
    const fields = fieldNames([kind, { fields: {} } as Kind]);
    expect(inFormWords('Set kernel_size to 3', fields)).toBe('Set kernel to 3');
    expect(inFormWords('conv_a: start_dim is 2, stride 1.', fields)).toBe('conv_a: start dim is 2, stride 1.');
    expect(inFormWords('my_kernel_size and kernel_size_b', fields)).toBe('my_kernel_size and kernel_size_b');
  });
});
