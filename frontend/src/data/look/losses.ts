/** The losses of all samples as bars over a logarithmic axis: most are small, and a few are what one looks for. */
import type { NdArray } from '../../words/frames';

/** Powers of ten at the ends of the axis. */
export interface LossAxis {
  readonly low: number;
  readonly high: number;
}

/** Losses smaller than this share of the largest lie at the left end. */
const MOST_DECADES = 6;
const NUM_BARS = 48;

/** Whole decades that hold the losses, so that the axis stands still while they move. */
export function lossAxis({ data }: NdArray): LossAxis {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of data)
    if (value > 0 && Number.isFinite(value)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  if (most === 0) return { low: -3, high: 0 };
  const high = Math.ceil(Math.log10(most) - 1e-6) + 0; // never −0
  const low = Math.max(high - MOST_DECADES, Math.floor(Math.log10(least) + 1e-6));
  return { low: Math.min(low, high - 1), high };
}

/** Where a loss lies on the axis, 0…1; what is not a number is at the right end. */
export function shareOf(loss: number, { low, high }: LossAxis): number {
  if (!(loss > 0)) return Number.isNaN(loss) ? 1 : 0;
  return Math.min(1, Math.max(0, (Math.log10(loss) - low) / (high - low)));
}

/** The least loss let through by a place of the axis; null at the left end, below which there may be more. */
export const leastAt = (share: number, axis: LossAxis): number | null => (share <= 0 ? null : lossAt(share, axis));

/** The largest loss let through by a place of the axis; null at the right end, above which there may be more. */
export const mostAt = (share: number, axis: LossAxis): number | null => (share >= 1 ? null : lossAt(share, axis));

const lossAt = (share: number, { low, high }: LossAxis): number =>
  10 ** (low + Math.min(1, Math.max(0, share)) * (high - low));

export function countLosses({ data }: NdArray, axis: LossAxis): Uint32Array {
  const counts = new Uint32Array(NUM_BARS);
  for (const value of data) {
    const bar = Math.min(NUM_BARS - 1, Math.floor(shareOf(value, axis) * NUM_BARS));
    counts[bar] = (counts[bar] as number) + 1;
  }
  return counts;
}
