/** The ways over a landscape: how far each is drawn, and what is known of the point that a pointer is near. */
import type { Theme } from '../../draw/colours';
import { formatCount, formatNumber, formatPercent } from '../../draw/format';
import type { LandscapeItem, NdArray } from '../../words/frames';
import type { TipRow } from '../tip';

export interface Way {
  readonly name: string;
  readonly steps: readonly number[];
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly values: ArrayLike<number> | null;
  readonly away: ArrayLike<number> | null;
  /** Points that are drawn; fewer than there are while it plays. */
  readonly count: number;
  readonly colour: string;
  readonly dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 2],
  [1, 3],
  [10, 3],
  [6, 2, 1, 2],
];

const dataOf = (array: unknown): ArrayLike<number> | null => (array ? (array as NdArray).data : null);

/** @param upTo Points after this step are left out; null: all are drawn. */
export function waysOf(item: LandscapeItem, theme: Theme, upTo: number | null): Way[] {
  const entries = Object.entries(item.paths);
  return entries.map(([name, path], index) => ({
    name,
    steps: path.steps,
    x: (path.x as NdArray).data,
    y: (path.y as NdArray).data,
    values: dataOf(path.values),
    away: dataOf(path.away),
    count: upTo === null ? path.steps.length : path.steps.filter((step) => step <= upTo).length,
    colour: entries.length === 1 ? theme.colours.ink : (theme.series[index % theme.series.length] as string),
    dash: entries.length === 1 ? [] : (DASHES[index % DASHES.length] as readonly number[]),
  }));
}

export const lastStep = (item: LandscapeItem): number =>
  Math.max(0, ...Object.values(item.paths).map((path) => path.steps.at(-1) ?? 0));

export interface Near {
  readonly way: Way;
  readonly index: number;
}

/** The point of a way that is nearest to a place on the screen, within reach. */
export function nearPoint(
  ways: readonly Way[],
  onScreen: (way: Way, index: number) => readonly [number, number] | null,
  x: number,
  y: number,
  reach = 8,
): Near | null {
  let [best, least]: [Near | null, number] = [null, reach];
  for (const way of ways) {
    for (let index = 0; index < way.count; index += 1) {
      const at = onScreen(way, index);
      const distance = at ? Math.hypot(at[0] - x, at[1] - y) : Number.POSITIVE_INFINITY;
      if (distance <= least) [best, least] = [{ way, index }, distance];
    }
  }
  return best;
}

export function pointRows({ way, index }: Near, valueTitle: string): TipRow[] {
  const [value, away] = [way.values?.[index], way.away?.[index]];
  return [
    { name: way.name, value: `step ${formatCount(way.steps[index] as number)}`, colour: way.colour },
    ...(value === undefined ? [] : [{ name: `${valueTitle} there`, value: formatNumber(value), isStrong: true }]),
    ...(away !== undefined && away > 0.005 ? [{ name: 'off the plane', value: formatPercent(away) }] : []),
  ];
}
