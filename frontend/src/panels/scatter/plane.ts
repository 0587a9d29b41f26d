/** Which part of the plane a scatter chart shows. */
import { sortedSample } from '../../draw/limits';
import { niceLimits, type Range } from '../../draw/ticks';
import type { ScatterItem } from '../../words/frames';

/** Both axes of one plane. */
export interface Plane {
  readonly x: Range;
  readonly y: Range;
}

const stemOf = (title: string): string => title.replaceAll(/[\d\s]+/g, '');

/** True where both axes mean the same, so that a length is as long in either direction. A diagonal goes from corner to corner. */
export const isSquare = (item: Pick<ScatterItem, 'diagonal' | 'x_title' | 'y_title'>): boolean =>
  !item.diagonal && stemOf(item.x_title) === stemOf(item.y_title);

/** From the smallest to the largest finite value, with a margin so that no point lies on the edge; null of none. */
export function spanOf(values: ArrayLike<number>): Range | null {
  const sorted = sortedSample(values);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return null;
  const margin = 0.04 * (high - low);
  return [low - margin, high + margin];
}

/** What the points need, before limits that stand still are made of it; null where no point can be drawn. */
export function neededPlane(item: ScatterItem): Plane | null {
  const [x, y] = [spanOf(item.x.data), spanOf(item.y.data)];
  if (!x || !y) return null;
  if (!item.diagonal) return { x, y };
  const both: Range = [Math.min(x[0], y[0]), Math.max(x[1], y[1])];
  return { x: both, y: both };
}

function widened([low, high]: Range, span: number): Range {
  const middle = (low + high) / 2;
  return [middle - span / 2, middle + span / 2];
}

/** The plane widened along one axis until a unit has as many pixels on both. */
export function squared({ x, y }: Plane, width: number, height: number): Plane {
  const perPixel = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  return { x: widened(x, perPixel * width), y: widened(y, perPixel * height) };
}

export const nicePlane = ({ x, y }: Plane): Plane => ({ x: niceLimits(x[0], x[1]), y: niceLimits(y[0], y[1]) });
