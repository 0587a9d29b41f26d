/** Mean of each layer over the steps, with a band of one standard deviation at each side. */
import type { Range } from '../../draw/ticks';
import type { Curve, LinesPlan } from '../lines/plan';
import { type HistogramFrame, nameOf } from './rows';

/**
 * A curve for each name, in this order.
 *
 * @param frames The recorded ones, the oldest first; those without the layer leave it out.
 */
export function spreadPlan(frames: readonly HistogramFrame[], names: readonly string[], steps: Range): LinesPlan {
  return {
    curves: names.map((name) => curveOf(frames, name)).filter((curve) => curve.x.length > 0),
    xTitle: 'step',
    yTitle: 'mean ± std',
    xNames: null,
    mark: 'line',
    isLogX: false,
    isLogY: false,
    xRange: steps,
    isTime: true,
  };
}

function curveOf(frames: readonly HistogramFrame[], name: string): Curve {
  const found = frames.flatMap((frame) => {
    const item = frame.items.find((one) => nameOf(one) === name);
    return item ? [{ x: frame.step, mean: item.mean ?? Number.NaN, std: item.std ?? Number.NaN }] : [];
  });
  return {
    name,
    role: null,
    x: found.map(({ x }) => x),
    y: found.map(({ mean }) => mean),
    low: found.map(({ mean, std }) => mean - std),
    high: found.map(({ mean, std }) => mean + std),
    age: null,
  };
}
