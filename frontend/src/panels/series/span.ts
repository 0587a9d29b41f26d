/** Which part of the values a series panel shows. */
import { quantile, sortedSample, towardsZero } from '../../draw/limits';
import { firstFrom } from '../../draw/thinning';
import type { Range } from '../../draw/ticks';

export interface SpanCurve {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Noisy: its first and last percent may lie outside. Otherwise its newest value is always inside. */
  readonly isRaw: boolean;
}

/** From this many steps on the first tenth of the run does not count: the first fall would flatten all that follows. */
const SETTLED_AFTER = 50;

const MOST_SAMPLED = 2000;

/**
 * Values from a step on, taken evenly by steps: where a hand zoomed in there are many more points than elsewhere, and
 * the axis of the whole does not move for that.
 */
function evenly({ steps, values }: SpanCurve, from: number): ArrayLike<number> {
  const first = firstFrom(steps, from);
  const width = ((steps[steps.length - 1] as number) - (steps[first] as number)) / MOST_SAMPLED;
  if (!(width > 0)) return values.subarray(first);
  const taken: number[] = [];
  for (let i = first; i < steps.length; i = Math.max(i + 1, firstFrom(steps, (steps[i] as number) + width)))
    taken.push(values[i] as number);
  return taken;
}

/**
 * 1st to 99th percentile of what was reached after the first tenth of the run, the newest values always inside.
 *
 * @returns Null where no value is finite.
 */
export function neededSpan(
  curves: readonly SpanCurve[],
  bounds: readonly [number, number],
  isLog: boolean,
): Range | null {
  const reached = Math.max(0, ...curves.map((curve) => curve.steps[curve.steps.length - 1] ?? 0));
  const from = reached >= SETTLED_AFTER ? reached / 10 : 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const curve of curves) {
    const settled = evenly(curve, from);
    const sorted = sortedSample(settled.length > 0 ? settled : curve.values.subarray(-1));
    if (sorted.length === 0) continue;
    low = Math.min(low, quantile(sorted, 0.01));
    high = Math.max(high, quantile(sorted, 0.99));
    const newest = curve.values[curve.values.length - 1] as number;
    if (curve.isRaw || !Number.isFinite(newest)) continue;
    low = Math.min(low, newest);
    high = Math.max(high, newest);
  }
  if (!(high >= low)) return null;
  if (isLog) return [low, high];
  const [least, most] = bounds;
  const [from0, to0] = towardsZero([low, high]);
  // Of one value at the end of a scale that has both, the whole scale says more than what lies around it.
  const isAtEnd = low === high && (low === least || low === most);
  return isAtEnd && Number.isFinite(least) && Number.isFinite(most)
    ? [least, most]
    : [Math.max(least, from0), Math.min(most, to0)];
}

/** Where the values leave the limits, and how far: `↑ peak 2.31`. */
export function beyond(
  curves: readonly SpanCurve[],
  [low, high]: Range,
): { above: number | null; below: number | null } {
  let top = Number.NEGATIVE_INFINITY;
  let bottom = Number.POSITIVE_INFINITY;
  for (const { values } of curves) {
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] as number;
      if (value > top) top = value;
      if (value < bottom) bottom = value;
    }
  }
  const margin = 0.02 * (high - low);
  return { above: top > high + margin ? top : null, below: bottom < low - margin ? bottom : null };
}
