import { describe, expect, it } from 'vitest';
import { axisTicks } from './axisTicks';
import { quantile, robustRange, StickyLimits, sortedSample, towardsZero } from './limits';
import { logTicks, niceLimits, niceStep, niceTicks, plannedEnd } from './ticks';

describe('ticks', () => {
  it.each([
    [0.03, 0.05],
    [0.2, 0.2],
    [3, 5],
    [7, 10],
    [1200, 2000],
  ])('the nice step from %d is %d', (least, step) => expect(niceStep(least)).toBeCloseTo(step, 12));

  it('gives 3 to 5 ticks at 1-2-5 steps without rounding noise', () => {
    expect(niceTicks(0, 0.6).values).toEqual([0, 0.2, 0.4, 0.6]);
    expect(niceTicks(90, 100).values).toEqual([90, 95, 100]);
    expect(niceTicks(0, 2500, 6).values).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    expect(niceTicks(-4, 4).values).toEqual([-4, -2, 0, 2, 4]);
    for (let high = 0.013; high < 1e5; high *= 1.37) {
      const { values } = niceTicks(0, high);
      expect(values.length).toBeLessThanOrEqual(5);
      expect(values.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('ends limits on ticks', () => {
    expect(niceLimits(0.01, 0.58)).toEqual([0, 0.6]);
    expect(niceLimits(91.2, 99.4)).toEqual([90, 100]);
    const [low, high] = niceLimits(2.3, 2.3);
    expect(low).toBeLessThan(2.3);
    expect(high).toBeGreaterThan(2.3);
  });

  it('takes powers of ten on a logarithmic axis, finer ones where there are few', () => {
    expect(logTicks(1e-4, 1)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(logTicks(0.1, 1)).toEqual([0.1, 0.2, 0.5, 1]);
    expect(logTicks(1e-12, 1).length).toBeLessThanOrEqual(5);
  });

  it.each([
    [2.3022, 2.3031, false],
    [2.3022, 2.3033, true],
    [2.1, 2.4, true],
    [0.9, 4.8, true],
    [3e-5, 4e-5, true],
    [1.0001e-4, 1.0006e-4, false],
    [2_000_000, 2_000_050, false],
    [1e-6, 1e4, true],
    [0, 0.002, false],
  ])('names the ticks between %d and %d apart from one another', (low, high, isLog) => {
    const { values, texts } = axisTicks([low, high], 5, isLog);
    expect(values.length).toBeGreaterThanOrEqual(2);
    expect(values.every((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))).toBe(true);
    expect(new Set(texts).size).toBe(values.length);
  });

  it('writes the loss of a net that does not learn plainly', () => {
    expect(axisTicks([2.3019, 2.3032], 3).texts).toEqual(['2.3020', '2.3025', '2.3030']);
    expect(axisTicks([2.2, 2.4], 5, true).texts).toEqual(['2.20', '2.25', '2.30', '2.35', '2.40']);
  });

  it('runs to the planned end, and without one grows by half', () => {
    expect(plannedEnd(2500, 10)).toBe(2500);
    expect(plannedEnd(0, 10)).toBe(100);
    expect(plannedEnd(0, 101)).toBeGreaterThanOrEqual(150);
    expect(plannedEnd(2500, 2501)).toBeGreaterThanOrEqual(3750);
  });
});

describe('limits', () => {
  it('leaves outliers and values that are not finite out', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 0.1 + i * 1e-4);
    values[3] = 1e9;
    values[4] = Number.NaN;
    const range = robustRange(values);
    expect(range?.[1]).toBeLessThan(0.3);
    expect(robustRange([Number.NaN])).toBeNull();
    expect(quantile(sortedSample([3, 1, 2]), 0.5)).toBe(2);
  });

  it('takes zero in where the data comes near it', () => {
    expect(towardsZero([0.1, 0.6])).toEqual([0, 0.6]);
    expect(towardsZero([95, 99])).toEqual([95, 99]);
  });

  it('changes at most once a second', () => {
    const limits = new StickyLimits({ everyMs: 1000 });
    expect(limits.update([0, 2.3], 0)).toEqual([0, 3]);
    expect(limits.update([0, 4.5], 400)).toEqual([0, 3]);
    expect(limits.update([0, 4.5], 1000)).toEqual([0, 6]);
  });

  it('does not keep a draft', () => {
    const limits = new StickyLimits({ everyMs: 1000 });
    expect(limits.update([0, 2.3], 0, true)).toEqual([0, 3]);
    expect(limits.update([0, 4.5], 100)).toEqual([0, 6]);
    expect(limits.update([0, 2.3], 200)).toEqual([0, 6]);
  });

  it('shrinks only when much space is empty', () => {
    const limits = new StickyLimits({ everyMs: 0 });
    limits.update([0, 0.99], 0);
    expect(limits.update([0, 0.75], 1)[1]).toBe(1);
    expect(limits.update([0, 0.38], 2)[1]).toBe(0.4);
  });
});
