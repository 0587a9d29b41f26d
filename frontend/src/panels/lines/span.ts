/** Which part of the plane the curves need. */
import { towardsZero } from '../../draw/limits';
import type { Range } from '../../draw/ticks';
import type { LinesPlan } from './plan';

function extremes(lists: readonly (ArrayLike<number> | null)[], isLog: boolean): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < (list?.length ?? 0); i += 1) {
      const value = list?.[i] as number;
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high >= low ? [low, high] : null;
}

/** On a logarithmic axis a band may go down so far below the lowest value; what is further down would flatten all. */
const BAND_BELOW = 1e-3;

/** A logarithmic axis shows values above 0 only. @returns Null where there is none. */
export function ySpan(plan: LinesPlan): Range | null {
  const lists = plan.curves.flatMap((curve) => [curve.y, curve.low, curve.high]);
  const found = extremes(lists, plan.isLogY);
  if (found && plan.isLogY) {
    const values = extremes(
      plan.curves.map((curve) => curve.y),
      true,
    );
    return [Math.max(found[0], BAND_BELOW * (values?.[0] ?? 0)), found[1]];
  }
  if (!found) return found;
  // No spread takes a probability out of 0 to 1.
  if (plan.yTitle.startsWith('probability')) return [0, 1];
  return plan.mark === 'bars' ? [Math.min(0, found[0]), Math.max(0, found[1])] : towardsZero(held(found, plan));
}

/** Share of the span by which a band may stand over before the axis makes room for it. */
const SLACK = 0.03;

/** A band that goes a hair beyond the values, such as below a probability of 0, moves no end of the axis. */
function held([low, high]: Range, { curves }: LinesPlan): Range {
  const [least, most] = extremes(
    curves.map((curve) => curve.y),
    false,
  ) ?? [low, high];
  const slack = SLACK * (most - least);
  return [low >= least - slack ? least : low, high <= most + slack ? most : high];
}

/** From the first place to the last; half a place more on each side where places are named or drawn as bars. */
export function xSpan(plan: LinesPlan): Range {
  if (plan.xRange) return plan.xRange;
  const [low, high] = extremes(
    plan.curves.map((curve) => curve.x),
    plan.isLogX,
  ) ?? [plan.isLogX ? 1 : 0, 1];
  if (plan.isLogX) return low === high ? [low / 2, high * 2] : [low, high];
  const places = plan.curves[0]?.x.length ?? 0;
  if (plan.xNames || plan.mark === 'bars' || low === high) {
    const half = places > 1 && high > low ? (high - low) / (places - 1) / 2 : 0.5;
    return [low - half, high + half];
  }
  // A point at an end is seen whole.
  if (plan.mark === 'points') return [low - SLACK * (high - low), high + SLACK * (high - low)];
  return [low, high];
}
