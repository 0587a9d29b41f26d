/** Which curves a panel of lines draws: those of one item now, or how its places or its curves moved through time. */
import type { Range } from '../../draw/ticks';
import type { LinesItem } from '../../words/frames';

export type CurveRole = LinesItem['series'][number]['role'];

export interface Curve {
  readonly name: string;
  readonly role: CurveRole;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Edges of a band around it. */
  readonly low: ArrayLike<number> | null;
  readonly high: ArrayLike<number> | null;
  /** 0…1 for one of many curves of the same thing at rising steps; null where it stands for itself. */
  readonly age: number | null;
}

export interface LinesPlan {
  readonly curves: readonly Curve[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** Names of the places on x, where they are no numbers. */
  readonly xNames: readonly string[] | null;
  readonly mark: LinesItem['mark'];
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  /** Where x begins and ends; null: where the curves do. */
  readonly xRange: Range | null;
  /** True where x counts steps of the run. */
  readonly isTime: boolean;
}

export interface Recorded {
  readonly step: number;
  readonly item: LinesItem;
}

type Series = LinesItem['series'][number];

const curveOf = (item: LinesItem, series: Series, name = series.name, age: number | null = null): Curve => ({
  name,
  role: series.role,
  x: item.x.data,
  y: series.y.data,
  low: series.low?.data ?? null,
  high: series.high?.data ?? null,
  age,
});

const common = (item: LinesItem, isLogY: boolean): Omit<LinesPlan, 'curves'> => ({
  xTitle: item.x_title,
  yTitle: item.y_title,
  xNames: item.x_names,
  mark: item.mark,
  isLogX: item.log_x,
  isLogY,
  xRange: null,
  isTime: false,
});

export const planNow = (item: LinesItem, isLogY: boolean): LinesPlan => ({
  ...common(item, isLogY),
  curves: item.series.map((series) => curveOf(item, series)),
});

/** One line for each named place over the steps; where x has no names, the curve at each recorded step. */
export function planTime(recorded: readonly Recorded[], name: string, isLogY: boolean, steps: Range): LinesPlan | null {
  const item = recorded.at(-1)?.item;
  if (!item) return null;
  const found = recorded.flatMap(({ step, item: one }) => {
    const series = one.series.find((candidate) => candidate.name === name);
    return series ? [{ step, item: one, series }] : [];
  });
  if (item.x_names) {
    const curves = item.x_names.map((place) => placeCurve(found, place)).filter((curve) => curve.x.length > 0);
    const over = { ...common(item, isLogY), xTitle: 'step', xNames: null, isLogX: false, xRange: steps, isTime: true };
    return { ...over, mark: 'line', curves };
  }
  const last = Math.max(1, found.length - 1);
  const curves = found.map(({ step, item: one, series }, i) => curveOf(one, series, `step ${step}`, i / last));
  return { ...common(item, isLogY), curves };
}

function placeCurve(found: readonly (Recorded & { series: Series })[], place: string): Curve {
  const x: number[] = [];
  const y: number[] = [];
  for (const { step, item, series } of found) {
    const index = item.x_names?.indexOf(place) ?? -1;
    if (index < 0) continue;
    x.push(step);
    y.push(series.y.data[index] as number);
  }
  return { name: place, role: null, x, y, low: null, high: null, age: null };
}
