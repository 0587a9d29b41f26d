import { describe, expect, it } from 'vitest';
import { fitsTiles } from './Choice';
import { fieldsOf } from './schema';
import { allowedText, isAllowed, type Limits, numberText, position, readNumber, type Scale, stepped } from './stepping';

const limits = (change: Partial<Limits> = {}): Limits => ({
  isWhole: false,
  low: 0,
  high: null,
  isLowOpen: false,
  isHighOpen: false,
  ...change,
});
const log: Scale = { kind: 'log', low: 1e-5, high: 1, step: 0 };
const share: Scale = { kind: 'linear', low: 0, high: 0.9, step: 0.05 };
const doubling: Scale = { kind: 'doubling', low: 1, high: 1024, step: 0 };

describe('a rate', () => {
  it('moves on the grid 1-2-5', () => {
    const walk = [1, 2, 3, 4].map((count) => stepped(0.01, count, 'normal', log, limits()));
    expect(walk).toEqual([0.02, 0.05, 0.1, 0.2]);
    expect(stepped(0.01, -1, 'normal', log, limits())).toBe(0.005);
  });

  it('comes back to the grid from between', () => {
    expect(stepped(0.03, 1, 'normal', log, limits())).toBe(0.05);
    expect(stepped(0.03, -1, 'normal', log, limits())).toBe(0.02);
  });

  it('moves by decades, or finely', () => {
    expect(stepped(0.02, 2, 'coarse', log, limits())).toBe(2);
    expect(stepped(0.1, 1, 'fine', log, limits())).toBe(0.11);
  });

  it('reaches 0 below its range, and leaves it again', () => {
    expect(stepped(1e-5, -1, 'normal', log, limits())).toBe(0);
    expect(stepped(0, 1, 'normal', log, limits())).toBe(1e-5);
    expect(stepped(0, -1, 'normal', log, limits())).toBe(0);
  });
});

describe('a share', () => {
  it('has no digits from nowhere', () => {
    expect(stepped(0.1, 4, 'normal', share, limits({ high: 1, isHighOpen: true }))).toBe(0.3);
    expect(stepped(0.3, 1, 'fine', share, limits())).toBe(0.305);
  });

  it('stops before an end that is not allowed', () => {
    expect(stepped(0.95, 1, 'normal', share, limits({ high: 1, isHighOpen: true }))).toBe(0.95);
    expect(stepped(0.05, -3, 'normal', share, limits())).toBe(0);
  });
});

describe('a batch size', () => {
  const whole = limits({ isWhole: true, low: 1, high: 65_536 });
  it('doubles, and moves by one when fine', () => {
    expect(stepped(64, 1, 'normal', doubling, whole)).toBe(128);
    expect(stepped(100, -1, 'normal', doubling, whole)).toBe(64);
    expect(stepped(64, -1, 'fine', doubling, whole)).toBe(63);
    expect(stepped(1, -1, 'normal', doubling, whole)).toBe(1);
    expect(stepped(65_536, 1, 'normal', doubling, whole)).toBe(65_536);
  });
});

describe('what a field accepts', () => {
  it.each([
    [limits({ high: 1, isHighOpen: true }), '0 to below 1'],
    [limits({ isWhole: true, low: 1, high: 64 }), 'whole, 1 to 64'],
    [limits({ isWhole: true, low: 1 }), 'whole, at least 1'],
    [limits({ isLowOpen: true }), 'above 0'],
    [limits({ low: null }), 'a number'],
    [limits({ high: 1e6 }), '0 to 1\u202f000\u202f000'],
  ])('is said in a few words', (range, text) => expect(allowedText(range)).toBe(text));

  it('is checked', () => {
    expect(isAllowed(1, limits({ high: 1, isHighOpen: true }))).toBe(false);
    expect(isAllowed(1.5, limits({ isWhole: true }))).toBe(false);
    expect(isAllowed(Number.NaN, limits())).toBe(false);
    expect(isAllowed(0, limits())).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    ['0.05', 0.05],
    [' 1 024 ', 1024],
    ['−3', -3],
    ['1e-3', 0.001],
    ['0,5', 0.5],
    ['ten', null],
    ['', null],
    ['1e', null],
  ])('are read as people type them: %s', (text, value) => expect(readNumber(text)).toBe(value));

  it.each([0.05, 1024, -3, 1e-8, 0.001, 1_234_567, 0])('are written so that they can be read again: %s', (value) =>
    expect(readNumber(numberText(value))).toBe(value),
  );

  it('lie on the line where their scale says', () => {
    expect(position(0.01, { ...log, low: 1e-4, high: 1 })).toBeCloseTo(0.5);
    expect(position(0.45, share)).toBeCloseTo(0.5);
    expect(position(5, share)).toBe(1);
    expect(position(0, log)).toBe(0);
  });
});

describe('a form from JSON Schema', () => {
  const kind = {
    fields: {
      properties: {
        lr: { type: 'number', minimum: 0, le: 1e6, default: 0.05, 'x-live': true, description: 'The rate.' },
        p: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 0.5 },
        betas: {
          type: 'array',
          items: { type: 'number', minimum: 0 },
          minItems: 2,
          maxItems: 2,
          default: [0.9, 0.999],
        },
        mode: { enum: ['fan_in', 'fan_out'], type: 'string', default: 'fan_in' },
        bias: { type: 'boolean', default: true },
        groups: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], default: null },
        kernel_size: {
          anyOf: [
            { type: 'integer', minimum: 1, le: 65_536 },
            { type: 'array', maxItems: 2, items: {} },
          ],
        },
      },
    },
  } as never;
  const field = (name: string) => fieldsOf(kind).find((one) => one.name === name);

  it('knows the sort of every field', () => {
    expect(fieldsOf(kind).map((one) => one.form.kind)).toEqual([
      'number',
      'number',
      'numbers',
      'choice',
      'switch',
      'number',
      'number',
    ]);
  });

  it('knows limits, defaults and what may change live', () => {
    expect(field('lr')).toMatchObject({ isLive: true, initial: 0.05, help: 'The rate.', isOptional: false });
    expect(field('lr')?.form).toMatchObject({ limits: { low: 0, high: 1e6, isHighOpen: false } });
    expect(field('p')?.form).toMatchObject({ limits: { high: 1, isHighOpen: true } });
    expect(field('groups')).toMatchObject({ isOptional: true, form: { limits: { isWhole: true } } });
    expect(field('betas')?.form).toMatchObject({ count: 2 });
  });

  it('puts few short words side by side and the rest in a list', () => {
    const options = (...labels: string[]) => labels.map((label) => ({ value: label, label }));
    expect(fitsTiles(options('number', 'token'))).toBe(true);
    expect(fitsTiles(options('Kaiming normal', 'Xavier uniform'))).toBe(false);
    expect(fitsTiles(options('a', 'b', 'c', 'd', 'e'))).toBe(false);
  });
});
