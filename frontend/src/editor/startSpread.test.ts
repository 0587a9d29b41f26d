import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../generated/schemas';
import { spreadsOf, warningOf } from './startSpread';

const check = {
  nodes: [
    { id: 'fc1', expected_std: 1 },
    { id: 'drop', expected_std: null },
    { id: 'fc2', expected_std: 0.5 },
  ],
} as unknown as CheckResult;

describe('the spread at the start', () => {
  it('joins theory and measurement by node, in the order of the network', () => {
    const measured = new Map([
      ['fc2', 0.49],
      ['fc1', 1.02],
    ]);
    expect(spreadsOf(check, measured)).toEqual([
      { node: 'fc1', expected: 1, measured: 1.02 },
      { node: 'fc2', expected: 0.5, measured: 0.49 },
    ]);
  });

  const chain = (...stds: number[]) =>
    stds.map((measured, index) => ({ node: `fc${index + 1}`, expected: null, measured }));

  it('says when a signal dies or grows, and nothing when it gets through', () => {
    expect(warningOf(chain(1, 0.1, 0.001))).toBe('The signal dies on its way to fc3.');
    expect(warningOf(chain(1, 0))).toBe('The signal dies on its way to fc2.');
    expect(warningOf(chain(1, 30, 900))).toBe('The signal grows on its way to fc3.');
    expect(warningOf(chain(1, 0.8, 1.3))).toBeNull();
    expect(warningOf([])).toBeNull();
  });
});
