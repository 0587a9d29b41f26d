import { expect, it } from 'vitest';
import type { Range } from '../../draw/ticks';
import { leftOf } from './channels';

const pen = { measure: (text: string): number => 7 * text.length };

it('keeps numbers off the names at their left, and the plots at their usual place where there is room', () => {
  const names = ['mean', 'var'];
  const usual: Range[] = [
    [-0.2, 0.4],
    [0, 4],
  ];
  expect(leftOf(pen, names, usual, 90, 80)).toBe(80);
  const wide: Range[] = [
    [-2000, 1000],
    [0, 4],
  ];
  const left = leftOf(pen, names, wide, 90, 80);
  expect(left - pen.measure('−2 000')).toBeGreaterThan(pen.measure('mean'));
});
