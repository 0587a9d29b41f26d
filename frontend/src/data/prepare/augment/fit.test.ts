import { describe, expect, it } from 'vitest';
import { fitSamples, GAP } from './fit';

describe('pictures of samples', () => {
  it('are one a square, small ones in whole multiples, large ones shown smaller', () => {
    expect(fitSamples(8, 8, 48, 6)).toEqual({ columns: 6, pixel: 6, shrink: 1, most: Number.POSITIVE_INFINITY });
    expect(fitSamples(28, 20, 48, 6)).toMatchObject({ pixel: 1, shrink: 1 });
    const { pixel, shrink } = fitSamples(96, 64, 48, 6);
    expect(96 * pixel * shrink).toBe(48);
  });

  it('of clips are strips as wide as several squares', () => {
    const room = 16 * (40 + GAP) - GAP;
    const { columns, pixel, shrink, most } = fitSamples(16, 160, 40, 16);
    expect([columns, most]).toEqual([4, 16]);
    expect(columns * (160 * pixel * shrink + GAP) - GAP).toBeLessThanOrEqual(room);
    expect(fitSamples(16, 160, 48, 6)).toMatchObject({ columns: 1, pixel: 2, most: 4 });
    const long = fitSamples(16, 640, 48, 6);
    expect(640 * long.pixel * long.shrink).toBe(6 * (48 + GAP) - GAP);
  });
});
