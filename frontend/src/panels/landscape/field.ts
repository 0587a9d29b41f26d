/** Heights over a grid: their range, their share of it on a plain or logarithmic scale, and values between the points. */
import type { LandscapeItem, NdArray } from '../../words/frames';

export interface Field {
  /** Going up; at least two places in x, one in y for a single direction. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Row-major, a row for each y; NaN where it is not finite. */
  readonly values: ArrayLike<number>;
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** On a logarithmic scale nothing lies below this share of the highest value. */
const LEAST_OF_HIGH = 1e-8;

const numbers = (array: LandscapeItem['x']): number[] => [...(array as NdArray).data];

export function fieldOf(item: LandscapeItem, scale: string): Field {
  const values = (item.values as NdArray).data;
  const finite = [...values].filter(Number.isFinite);
  const high = finite.length > 0 ? Math.max(...finite) : 1;
  const low = finite.length > 0 ? Math.min(...finite) : 0;
  const wantsLog = scale === 'own' ? item.log : scale === 'log';
  const positive = finite.filter((value) => value > 0);
  const isLog = wantsLog && high > 0;
  const floor = isLog ? Math.max(Math.min(...positive), high * LEAST_OF_HIGH) : low;
  return { x: numbers(item.x), y: numbers(item.y), values, low: floor, high, isLog };
}

export const isLine = (field: Field): boolean => field.y.length === 1;

/** Where a value lies between the lowest and the highest, 0 … 1. */
export function shareOf({ low, high, isLog }: Field, value: number): number {
  if (!(high > low)) return 0.5;
  if (!isLog) return (value - low) / (high - low);
  return Math.log(Math.max(value, low) / low) / Math.log(high / low);
}

/** The value at a share of the scale. */
export function valueAt({ low, high, isLog }: Field, share: number): number {
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

const placeIn = (places: readonly number[], at: number): number => {
  const [first, last] = [places[0] as number, places.at(-1) as number];
  return places.length < 2 ? 0 : ((at - first) / (last - first)) * (places.length - 1);
};

/** Between the four points around a place, weighted by nearness; NaN outside, and beside a point that is not finite. */
export function heightAt(field: Field, x: number, y: number): number {
  const [across, up] = [placeIn(field.x, x), placeIn(field.y, y)];
  const [columns, rows] = [field.x.length, field.y.length];
  if (!(across >= -1e-9 && across <= columns - 1 + 1e-9 && up >= -1e-9 && up <= rows - 1 + 1e-9)) return Number.NaN;
  const column = Math.max(0, Math.min(Math.floor(across), columns - 2));
  const row = Math.max(0, Math.min(Math.floor(up), rows - 2));
  const [right, above] = [across - column, rows > 1 ? up - row : 0];
  const at = (i: number, j: number): number => field.values[Math.min(i, rows - 1) * columns + j] as number;
  const mix = (one: number, other: number, share: number): number =>
    share <= 1e-9 ? one : share >= 1 - 1e-9 ? other : one + (other - one) * share;
  return mix(
    mix(at(row, column), at(row, column + 1), right),
    mix(at(row + 1, column), at(row + 1, column + 1), right),
    above,
  );
}
