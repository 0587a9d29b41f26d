/** Limits of an axis that leave outliers out, change by nice steps, and at most once a second. */
import { niceLimits, type Range } from './ticks';

/** More values than this are sampled evenly before they are sorted. */
const MOST_SORTED = 2000;

/** Finite values, at most 2 000 of them taken evenly, in rising order. */
export function sortedSample(values: ArrayLike<number>): Float64Array {
  const stride = Math.max(1, Math.ceil(values.length / MOST_SORTED));
  const taken: number[] = [];
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] as number;
    if (Number.isFinite(value)) taken.push(value);
  }
  return Float64Array.from(taken).sort();
}

/** The value below which the share `q` of the sorted values lies; NaN of none. */
export function quantile(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}

/** First to 99th percentile of the finite values; null of none. */
export function robustRange(values: ArrayLike<number>, low = 0.01, high = 0.99): Range | null {
  const sorted = sortedSample(values);
  return sorted.length === 0 ? null : [quantile(sorted, low), quantile(sorted, high)];
}

/** A range that takes 0 in where the data comes near it: an axis that starts at 0 tells sizes honestly. */
export function towardsZero([low, high]: Range): Range {
  if (low > 0 && low < 0.6 * high) return [0, high];
  if (high < 0 && high > 0.6 * low) return [low, 0];
  return [low, high];
}

/** Below this share of the present span a smaller range is taken. */
const SHRINK_BELOW = 0.65;

/** Limits that stand still: they widen when the data needs it and shrink only when much space is empty. */
export class StickyLimits {
  readonly #everyMs: number;
  readonly #most: number;
  #limits: Range | null = null;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(options: { everyMs?: number; most?: number } = {}) {
    this.#everyMs = options.everyMs ?? 1000;
    this.#most = options.most ?? 5;
  }

  reset(): void {
    this.#limits = null;
    this.#changedAt = Number.NEGATIVE_INFINITY;
  }

  /** The limits to draw with at the time `now` (ms), when the data needs `needed`. A draft may change at any time. */
  update(needed: Range, now: number, isDraft = false): Range {
    const wanted = niceLimits(needed[0], needed[1], this.#most);
    const old = this.#limits;
    if (old && !this.#isDue(old, wanted, now)) return old;
    if (!old || old[0] !== wanted[0] || old[1] !== wanted[1]) this.#changedAt = now;
    this.#limits = isDraft ? null : wanted;
    return wanted;
  }

  #isDue(old: Range, wanted: Range, now: number): boolean {
    if (now - this.#changedAt < this.#everyMs) return false;
    const grows = wanted[0] < old[0] || wanted[1] > old[1];
    return grows || wanted[1] - wanted[0] <= SHRINK_BELOW * (old[1] - old[0]);
  }
}
