/** The weights as curves between tiles: where they run, how thick they are, and which one is under the pointer. */
import type { Tile } from './layout';

export interface Link {
  readonly from: Tile;
  readonly to: Tile;
  /** Node of the linear layer that the weight belongs to. */
  readonly node: string;
  /** Place in the weight matrix of the node, [out, in]. */
  readonly index: readonly [number, number];
  readonly weight: number;
}

export interface Curve {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Between the edge of a tile and the end of a line. */
const CLEAR = 2;

export function curveOf(link: Pick<Link, 'from' | 'to'>): Curve {
  const { from, to } = link;
  return { x0: from.x + from.side / 2 + CLEAR, y0: from.y, x1: to.x - to.side / 2 - CLEAR, y1: to.y };
}

/** A Bézier curve with both handles halfway, level with its ends: at `t` the share of the way in x and in y. */
const across = (t: number): number => 1.5 * t * (1 - t) + t ** 3;
const down = (t: number): number => 3 * t ** 2 - 2 * t ** 3;

/** A place of the curve; `t` runs from 0 to 1. */
export function placeOn({ x0, y0, x1, y1 }: Curve, t: number): { readonly x: number; readonly y: number } {
  return { x: x0 + (x1 - x0) * across(t), y: y0 + (y1 - y0) * down(t) };
}

/** Distance of a point from the curve, good to half a pixel; infinite beside it. */
export function distance(curve: Curve, x: number, y: number): number {
  const { x0, y0, x1, y1 } = curve;
  if (x < x0 - CLEAR || x > x1 + CLEAR || y < Math.min(y0, y1) - REACH || y > Math.max(y0, y1) + REACH)
    return Number.POSITIVE_INFINITY;
  const share = Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
  let [low, high] = [0, 1];
  for (let i = 0; i < 16; i += 1) {
    const t = (low + high) / 2;
    if (across(t) < share) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  const slope = ((y1 - y0) * 6 * t * (1 - t)) / ((x1 - x0) * (1.5 - 3 * t + 3 * t ** 2));
  return Math.abs(y - placeOn(curve, t).y) / Math.hypot(1, slope);
}

/** A line is hit within so many pixels. */
const REACH = 6;

/** The link under a point: the closest, and of those that cross there the heaviest. */
export function linkAt(links: readonly Link[], x: number, y: number): Link | null {
  let [best, score] = [null as Link | null, Number.POSITIVE_INFINITY];
  for (const link of links) {
    const far = distance(curveOf(link), x, y);
    if (far > REACH) continue;
    const its = far - Math.min(2, Math.abs(link.weight));
    if (its < score) [best, score] = [link, its];
  }
  return best;
}

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
/** The heaviest few are drawn as if they were at the end of the scale. */
const HELD = 0.95;

/** The end of the scale of weights, sorted by size: a round number that holds nearly all of them. */
export function scaleEnd(sorted: readonly Pick<Link, 'weight'>[]): number {
  const large = Math.abs(sorted[Math.ceil(HELD * sorted.length) - 1]?.weight ?? 0);
  if (!(large > 0) || !Number.isFinite(large)) return 1;
  const unit = 10 ** Math.floor(Math.log10(large));
  const step = STEPS.find((one) => one * unit >= large * (1 - 1e-9)) ?? 10;
  return Number((step * unit).toPrecision(2));
}

export const THINNEST = 0.5;
export const THICKEST = 4.5;

/** Size of a weight on the scale, 0…1. */
export const sizeOf = (weight: number, end: number): number => Math.min(1, Math.abs(weight) / end) || 0;

export const widthOf = (size: number): number => THINNEST + (THICKEST - THINNEST) * size;

/** Place of a weight on the diverging scale: never so near the middle that its sign could not be seen. */
export const shadeOf = (weight: number, size: number): number => (weight < 0 ? 0.38 - 0.26 * size : 0.62 + 0.26 * size);

/** So many lines between two layers are told apart without help. */
const MOST_CLEAR = 60;

/**
 * @param isChosen True for a line of the unit that is looked at, false for one of another unit; null where none is.
 */
export function opacityOf(size: number, num: number, isChosen: boolean | null): number {
  if (isChosen) return 1;
  // By the root, so that weights of middle size are still told from those near 0.
  if (num > MOST_CLEAR || isChosen === false) return 0.12 + 0.28 * Math.sqrt(size);
  return 0.25 + 0.7 * Math.sqrt(size);
}
