/** Which heat maps of a frame a panel shows, and what is said of them. */
import { formatCount, formatNumber } from '../../draw/format';
import type { FrameOf, HeatmapItem } from '../../words/frames';
import type { Layer } from '../drawing';

export type HeatmapFrame = FrameOf<'heatmap'>;

/** Between the name of a node and the title of one of its maps, where a choice names both. */
const BETWEEN = ' · ';

export const choiceOf = ({ node, title }: HeatmapItem): string => `${node}${BETWEEN}${title}`;

const siblings = (frame: HeatmapFrame, node: string): HeatmapItem[] => frame.items.filter((item) => item.node === node);

/** The maps that a choice stands for: one map, or all of a node; those of the first node without a choice. */
export function shownMaps(frame: HeatmapFrame, choice: string | undefined): readonly HeatmapItem[] {
  const single = frame.items.find((item) => choiceOf(item) === choice);
  if (single) return [single];
  const ofNode = siblings(frame, choice ?? '');
  const first = frame.items[0];
  return ofNode.length > 0 || !first ? ofNode : siblings(frame, first.node);
}

/** Every node; where it has several maps, each of them too. */
export function choicesOf(frame: HeatmapFrame): Layer[] {
  const nodes = [...new Set(frame.items.map((item) => item.node))];
  return nodes.flatMap((node) => {
    const maps = siblings(frame, node);
    const singles = maps.length > 1 ? maps.map(choiceOf) : [];
    return [node, ...singles].map((value) => ({ value, label: value }));
  });
}

export interface Ends {
  readonly signed: boolean;
  /** True for shares of a whole: the scale is bent, so that small ones are seen. */
  readonly lifts: boolean;
  readonly low: number;
  readonly high: number;
}

/** Ends of the scale of a map: equally far from 0 where it has two signs. */
export function endsOf({ signed, low, high, lifts_small: lifts }: HeatmapItem): Ends {
  if (signed) {
    const far = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return { signed, lifts, low: -far, high: far };
  }
  return { signed, lifts, low, high: high > low ? high : low + 1 };
}

/** The different scales of these maps, in order. */
export function scalesOf(items: readonly HeatmapItem[]): Ends[] {
  const byKey = new Map(items.map(endsOf).map((ends) => [`${ends.signed} ${ends.low} ${ends.high}`, ends]));
  return [...byKey.values()];
}

export const sizeOf = ({ values }: HeatmapItem): { rows: number; columns: number } => ({
  rows: values.shape[0] ?? 0,
  columns: values.shape[1] ?? 0,
});

/** `unit 1 to 64 of 100` where not all rows were sent, and the same of columns. */
export function partOf(item: HeatmapItem): string {
  const { rows, columns } = sizeOf(item);
  const part = (title: string, shown: number, total: number | null): string[] =>
    total && total > shown ? [`${title} 1 to ${formatCount(shown)} of ${formatCount(total)}`] : [];
  return [...part(item.row_title, rows, item.total_rows), ...part(item.column_title, columns, item.total_columns)].join(
    ', ',
  );
}

/** True where row by row and column by column these maps are of the same, so that one set of names serves all. */
export function areAlike(items: readonly HeatmapItem[]): boolean {
  const key = (item: HeatmapItem): string =>
    JSON.stringify([item.values.shape, item.row_names, item.column_names, item.row_title, item.column_title]);
  return new Set(items.map(key)).size <= 1;
}

/** A name that can be seen: a blank is ␣. */
export const spoken = (name: string): string => (name.trim() === '' ? '␣' : name);

/** What stands beside a row or a column: its name, or its number. A blank is shown as ␣. */
export const nameAt = (names: readonly string[] | null | undefined, index: number): string =>
  names ? spoken(names[index] ?? '') : String(index + 1);

/** The name in a sentence: with its number where it is a name, for the same token may come twice. */
export function placeAt(names: readonly string[] | null | undefined, index: number): string {
  return names ? `${index + 1}: ${nameAt(names, index)}` : String(index + 1);
}

function rangeOf(values: ArrayLike<number>): string {
  let [low, high, empty] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (Number.isNaN(value)) empty += 1;
    else [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (empty === values.length) return 'empty';
  return `${formatNumber(low)} to ${formatNumber(high)}${empty > 0 ? ', some empty' : ''}`;
}

/** `lstm_1 at step 40, 16 × 10 (unit by step): forget gate 0.1 to 0.93, …` */
export function summaryOf(items: readonly HeatmapItem[], step: number): string {
  const [first] = items;
  if (!first) return '';
  const { rows, columns } = sizeOf(first);
  const parts = items.map((item) => `${item.title} ${rangeOf(item.values.data)}`);
  return `${first.node} at step ${step}, ${rows} × ${columns} (${first.row_title} by ${first.column_title}): ${parts.join('; ')}.`;
}
