import { describe, expect, it } from 'vitest';
import { pushApart } from './labels';
import { Smoothing } from './smoothing';
import { firstFrom, thin } from './thinning';

const steps = (num: number): Float64Array => Float64Array.from({ length: num }, (_, i) => i + 1);

describe('Smoothing', () => {
  it('divides the bias of the start out', () => {
    const smoothed = new Smoothing(0.9).update(steps(5), Float64Array.of(2, 2, 2, 2, 2));
    for (const value of smoothed) expect(value).toBeCloseTo(2, 12);
    const [first, second] = new Smoothing(0.9).update(steps(2), Float64Array.of(1, 2));
    expect(first).toBe(1);
    expect(second).toBeCloseTo((0.09 * 1 + 0.1 * 2) / 0.19, 12);
  });

  it('goes on where it stopped and gives the same as all at once', () => {
    const values = Float64Array.from({ length: 600 }, (_, i) => Math.sin(i));
    const whole = new Smoothing(0.95).update(steps(600), values);
    const parts = new Smoothing(0.95);
    parts.update(steps(200), values.subarray(0, 200));
    expect([...parts.update(steps(600), values)]).toEqual([...whole]);
  });

  it('starts again for another curve', () => {
    const smoothing = new Smoothing(0.9);
    smoothing.update(steps(3), Float64Array.of(9, 9, 9));
    expect(smoothing.update(Float64Array.of(5, 6, 7), Float64Array.of(1, 1, 1))[2]).toBeCloseTo(1, 12);
    expect(smoothing.update(steps(1), Float64Array.of(4))[0]).toBe(4);
  });

  it('smooths over steps, not over points', () => {
    const smoothed = new Smoothing(0.5).update(Float64Array.of(1, 3), Float64Array.of(0, 1));
    expect(smoothed[1]).toBeCloseTo(0.75 / 0.875, 12);
  });

  it('puts the line of a thinned curve where that of the full one lies', () => {
    // Noise as that of a loss: most values are small and a few are large, so peaks are further from the mean than pits.
    let state = 1;
    const uniform = (): number => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const values = Float64Array.from({ length: 60_000 }, (_, i) => Math.exp(-i / 30_000) * (1 - Math.log(uniform())));
    const full = new Smoothing(0.99).update(steps(60_000), values);
    const kept = thin(steps(60_000), values, 1, 60_000, 1000);
    const places = kept.x.map((step) => step - 1);
    const mean = (at: number, i: number): number => {
      const piece = values.subarray(i === 0 ? 0 : (places[i - 1] as number) + 1, at + 1);
      return piece.reduce((sum, value) => sum + value, 0) / piece.length;
    };
    const lineOf = (means: readonly number[]): Float64Array =>
      new Smoothing(0.99).update(Float64Array.from(kept.x), Float64Array.from(kept.y), Float64Array.from(means));
    /** How much higher it is, of the height of the full line, in the middle half of the run. */
    const higher = (line: Float64Array): number => {
      const there = places.flatMap((at, i) =>
        at > 15_000 && at < 45_000 ? [(line[i] as number) / (full[at] as number) - 1] : [],
      );
      return there.reduce((sum, one) => sum + one, 0) / there.length;
    };
    expect(kept.x.length).toBeLessThan(2100);
    expect(higher(lineOf(kept.y))).toBeGreaterThan(0.3);
    expect(Math.abs(higher(lineOf(places.map(mean))))).toBeLessThan(0.01);
  });

  it('passes over what is not finite', () => {
    const smoothed = new Smoothing(0.9).update(steps(3), Float64Array.of(1, Number.NaN, 1));
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBeCloseTo(1, 12);
  });
});

describe('thin', () => {
  it('keeps peaks and both ends', () => {
    const values = new Float64Array(10_000).fill(1);
    values[4321] = 7;
    values[8765] = -3;
    const points = thin(steps(10_000), values, 0, 10_000, 100);
    expect(points.x.length).toBeLessThan(320);
    expect(Math.max(...points.y)).toBe(7);
    expect(Math.min(...points.y)).toBe(-3);
    expect(points.x[0]).toBe(1);
    expect(points.x.at(-1)).toBe(10_000);
    expect([...points.x].sort((a, b) => a - b)).toEqual(points.x);
  });

  it('gives a short curve as it is and keeps gaps', () => {
    expect(thin(steps(3), [1, Number.NaN, 3], 0, 10, 100)).toEqual({ x: [1, 2, 3], y: [1, Number.NaN, 3] });
    const values = new Float64Array(1000).fill(1);
    values[500] = Number.NaN;
    expect(thin(steps(1000), values, 0, 1000, 20).y.some(Number.isNaN)).toBe(true);
  });

  it('finds the first step that is not below', () => {
    expect(firstFrom([1, 3, 5], 3)).toBe(1);
    expect(firstFrom([1, 3, 5], 4)).toBe(2);
    expect(firstFrom([1, 3, 5], 6)).toBe(3);
  });
});

describe('labels', () => {
  it('leaves labels that do not touch where they are', () => {
    expect(pushApart([10, 40], 15, 0, 100)).toEqual([10, 40]);
  });

  it('pushes labels apart by the gap, around their middle', () => {
    expect(pushApart([50, 52], 15, 0, 100)).toEqual([43.5, 58.5]);
    expect(pushApart([52, 50], 15, 0, 100)).toEqual([58.5, 43.5]);
  });

  it('keeps order and gap for many, inside the box', () => {
    const wanted = [3, 90, 91, 92, 95, 4, 5];
    const places = pushApart(wanted, 15, 5, 100);
    const sorted = [...places].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i += 1) {
      expect((sorted[i] as number) - (sorted[i - 1] as number)).toBeGreaterThanOrEqual(15 - 1e-9);
    }
    expect(Math.min(...places)).toBeGreaterThanOrEqual(5);
    expect(places[1]).toBeLessThan(places[2] as number);
  });
});
