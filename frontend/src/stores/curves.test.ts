import { describe, expect, it } from 'vitest';
import type { Series } from '../generated/schemas';
import { CurveStore, type Lack, MOST_POINTS } from './curves';

const series = (steps: number[], thinnedFrom: number | null = null): Series => ({
  steps,
  values: steps.map((step) => step / 2),
  non_finite: {},
  thinned_from: thinnedFrom,
  means: [],
});
const every = (stride: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
/** A run of a million steps as a snapshot tells it: each 500th. */
const thinned = (): CurveStore => {
  const curves = new CurveStore();
  curves.append({ a: series(every(500, 0, 1_000_000), 1_000_001), whole: series([0, 500_000, 1_000_000]) });
  return curves;
};
const stepsOf = (curves: CurveStore, name = 'a'): number[] => [...(curves.get(name)?.steps ?? [])];
const lack = (from: number, to: number, names = ['a']): Lack => ({ names, from, to });

describe('where a curve lacks points', () => {
  it('is where it was thinned and the view is small against that', () => {
    const curves = thinned();
    expect(curves.lackIn(['a', 'whole', 'none'], [0, 1_000_000])).toBeNull();
    expect(curves.lackIn(['a', 'whole', 'none'], [1000.4, 1999.6])).toEqual(lack(1000, 2000));
    expect(curves.lackIn(['whole'], [1000, 2000])).toBeNull();
    expect(curves.lackIn(['a'], [-50, 100])).toEqual(lack(0, 100));
    expect(curves.lackIn(['a'], [999_900, 1_000_500])).toEqual(lack(999_900, 1_000_000));
    expect(curves.lackIn(['a'], [1_000_001, 1_000_500])).toBeNull();
  });

  it('is nowhere that it came whole', () => {
    const curves = thinned();
    curves.append({ a: series(every(1, 1_000_001, 1_001_000)) });
    expect(curves.lackIn(['a'], [1_000_100, 1_000_900])).toBeNull();
    expect(curves.lackIn(['a'], [999_900, 1_000_900])).toEqual(lack(999_900, 1_000_000));
  });

  it('is where a message of a quick run was thinned', () => {
    const curves = new CurveStore();
    curves.append({ a: series(every(1, 1, 1000)) });
    for (let at = 1001; at <= 9001; at += 4000) curves.append({ a: series(every(4, at, at + 3996), 4000) });
    expect(curves.lackIn(['a'], [100, 900])).toBeNull();
    expect(curves.lackIn(['a'], [900, 1300])).toEqual(lack(1001, 1300));
    expect(curves.lackIn(['a'], [4900, 9200])).toBeNull();
    expect(curves.lackIn(['a'], [4900, 5100])).toEqual(lack(4900, 5100));
  });

  it('is nowhere after all is put in the place of what was there', () => {
    const curves = thinned();
    curves.replace({ a: series([1, 2, 3]) });
    expect(curves.lackIn(['a'], [1, 2])).toBeNull();
  });
});

describe('filling in', () => {
  it('puts each point in its place, no step twice', () => {
    const curves = thinned();
    const before = stepsOf(curves);
    curves.refine(lack(1000, 2000), { a: series(every(1, 999, 2001)) });
    const wanted = [...new Set([...before, ...every(1, 999, 2001)])].sort((x, y) => x - y);
    expect(stepsOf(curves)).toEqual(wanted);
    expect([...(curves.get('a')?.values ?? [])]).toEqual(wanted.map((step) => step / 2));
    expect(curves.lackIn(['a'], [1000, 2000])).toBeNull();
    expect(curves.lackIn(['a'], [1000.5, 1800])).toBeNull();
    expect(curves.lackIn(['a'], [1800, 2600])).toEqual(lack(2000, 2600));
    expect(curves.lackIn(['a'], [400, 1200])).toEqual(lack(400, 1000));
  });

  it('asks again closer where the answer was thinned, and not for the same', () => {
    const curves = thinned();
    const answer = every(50, 100_000, 200_000).slice(0, MOST_POINTS);
    curves.refine(lack(100_000, 200_000), { a: series(answer, 100_001) });
    expect(curves.lackIn(['a'], [100_000, 200_000])).toBeNull();
    expect(curves.lackIn(['a'], [100_000, 160_000])).toBeNull();
    expect(curves.lackIn(['a'], [100_000, 110_000])).toEqual(lack(100_000, 110_000));
    expect(curves.lackIn(['a'], [300_000, 400_000])).toEqual(lack(300_000, 400_000));
  });

  it('keeps what was whole where an answer around it is thinned', () => {
    const curves = thinned();
    curves.refine(lack(1000, 2000), { a: series(every(1, 999, 2001)) });
    curves.refine(lack(0, 10_000), { a: series(every(5, 0, 10_000), 10_001) });
    expect(curves.lackIn(['a'], [1100, 1900])).toBeNull();
    expect(curves.lackIn(['a'], [2100, 2900])).toEqual(lack(2100, 2900));
  });

  it('goes on to grow, and reads null as NaN', () => {
    const curves = thinned();
    curves.refine(lack(1000, 1003), { a: { ...series([1001, 1002]), values: [null, 7] } });
    curves.append({ a: series([1_000_000, 1_000_001, 1_000_002]) });
    const { steps, values } = curves.get('a') as { steps: Float64Array; values: Float64Array };
    expect([...steps.subarray(2, 5)]).toEqual([1000, 1001, 1002]);
    expect([...values.subarray(2, 5)]).toEqual([500, Number.NaN, 7]);
    expect([...steps.subarray(-3)]).toEqual([1_000_000, 1_000_001, 1_000_002]);
  });

  it('has the mean of the shortest piece that is known to a point', () => {
    const told = (steps: number[], values: number[], means: number[]): Series => ({
      ...series(steps, 100_000),
      values,
      means,
    });
    const meansOf = (curves: CurveStore): number[] => [...(curves.get('a')?.means ?? [])];
    const curves = new CurveStore();
    curves.append({ a: told([1, 400, 1000, 2000], [9, 1, 9, 1], [9, 3, 4, 5]) });
    expect(meansOf(curves)).toEqual([9, 3, 4, 5]);
    curves.refine(lack(500, 900), { a: told([499, 700, 901], [2, 8, 2], [2, 6, 7]) });
    expect(stepsOf(curves)).toEqual([1, 400, 499, 700, 901, 1000, 2000]);
    expect(meansOf(curves)).toEqual([9, 3, 4, 6, 7, 4, 5]);
    curves.refine(lack(1, 2000), { a: told([1, 750, 2000], [9, 7, 1], [9, 0, 0]) });
    expect(meansOf(curves)).toEqual([9, 3, 4, 6, 7, 7, 4, 5]);
    curves.append({ a: series([2001]) });
    expect(meansOf(curves).at(-1)).toBe(2001 / 2);
  });

  it('asks no more for a curve that the answer leaves out', () => {
    const curves = thinned();
    curves.refine(lack(1000, 2000), {});
    expect(curves.lackIn(['a'], [1000, 2000])).toBeNull();
  });
});
