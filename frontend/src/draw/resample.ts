/** Histograms brought to other bins, so that frames of different ranges lie on one axis. */

import { firstFrom } from './thinning';

/** Equal bins from `low` to `high`: `num + 1` edges. */
export function evenEdges(low: number, high: number, num: number): Float64Array {
  return Float64Array.from({ length: num + 1 }, (_, i) => low + ((high - low) * i) / num);
}

/**
 * Counts in the bins `to`, each old bin spread evenly over its width. What lies outside `to` is left out.
 *
 * An old bin of no width is a point and falls into the bin that holds it.
 */
export function resample(counts: ArrayLike<number>, from: ArrayLike<number>, to: Float64Array): Float64Array {
  const result = new Float64Array(to.length - 1);
  const add = (bin: number, count: number): void => {
    if (bin >= 0 && bin < result.length) result[bin] = (result[bin] as number) + count;
  };
  for (let i = 0; i < counts.length; i += 1) {
    const count = counts[i] as number;
    const low = from[i] as number;
    const high = from[i + 1] as number;
    if (count === 0) continue;
    const start = firstFrom(to, low);
    if (high <= low) add(to[start] === low ? start : start - 1, count);
    for (let j = Math.max(0, start - 1); j < result.length && (to[j] as number) < high; j += 1) {
      const inside = Math.min(high, to[j + 1] as number) - Math.max(low, to[j] as number);
      if (inside > 0) add(j, (count * inside) / (high - low));
    }
  }
  return result;
}

/** Value below which the share `q` of the counted elements lies. */
export function histogramQuantile(counts: ArrayLike<number>, edges: ArrayLike<number>, q: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i += 1) total += counts[i] as number;
  let wanted = q * total;
  for (let i = 0; i < counts.length; i += 1) {
    const count = counts[i] as number;
    const low = edges[i] as number;
    if (count > 0 && wanted <= count) return low + ((edges[i + 1] as number) - low) * (wanted / count);
    wanted -= count;
  }
  return edges[counts.length] as number;
}

/**
 * Counts without the elements that are exactly 0: after a ReLU they are a spike that would flatten all the rest.
 *
 * @param numZeros Elements equal to 0; they lie in the bin that holds 0.
 */
export function withoutZeros(counts: ArrayLike<number>, edges: ArrayLike<number>, numZeros: number): Float64Array {
  const rest = Float64Array.from(counts);
  if (numZeros <= 0) return rest;
  for (let i = 0; i < rest.length; i += 1) {
    const low = edges[i] as number;
    const high = edges[i + 1] as number;
    const isLast = i === rest.length - 1;
    if (low <= 0 && (high > 0 || (isLast && high >= 0))) {
      rest[i] = Math.max(0, (rest[i] as number) - numZeros);
      break;
    }
  }
  return rest;
}
