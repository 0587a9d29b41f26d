/** Which distributions a histogram panel shows, and on which axis. */
import { histogramQuantile } from '../../draw/resample';
import type { Range } from '../../draw/ticks';
import type { CheckResult } from '../../generated/schemas';
import type { FrameOf, HistogramItem } from '../../words/frames';

export type HistogramFrame = FrameOf<'histogram'>;

/** `conv1`, `conv1.bias`; `lstm.ih_l0` for its `weight_ih_l0`: two columns have no room for the word that all share. */
export function nameOf({ node, parameter }: Pick<HistogramItem, 'node' | 'parameter'>): string {
  return parameter && parameter !== 'weight' ? `${node}.${parameter.replace(/^weight_/, '')}` : node;
}

/** True for what a learner looks at first: layers with weights, but not the norms between them. */
function isMain(item: HistogramItem, check: CheckResult | null): boolean {
  const node = check?.nodes.find((one) => one.id === item.node);
  if (node && /norm/.test(node.kind)) return false;
  return item.parameter ? item.parameter.startsWith('weight') : node !== undefined && node.parameters > 0;
}

/** True for what an activation gives: it has a range, or units that can be dead. */
const isActivation = (item: HistogramItem): boolean => item.saturated !== null || item.dead !== null;

/** Rows in the order of the network: the main layers, the activations, or all. Where there is none of these, all are. */
export function rowsOf(frame: HistogramFrame, check: CheckResult | null, which: string): readonly HistogramItem[] {
  if (which === 'all') return frame.items;
  const isShown = which === 'activations' ? isActivation : (item: HistogramItem) => isMain(item, check);
  const shown = frame.items.filter(isShown);
  return shown.length > 0 ? shown : frame.items;
}

/** As many as fit, spread evenly from the first to the last. */
export function fitRows<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most || most < 2) return rows.slice(0, Math.max(1, most));
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))] as Row);
}

/** Share left out at each end of an axis, so that single far values do not set it. */
const OUTSIDE = 0.005;

/** A step whose values lie so many times as far out as is usual does not set the axis of all steps. */
const FAR = 4;

/** What of a layer was measured at a step. */
export interface Column {
  readonly step: number;
  readonly item: HistogramItem;
}

/** What holds for half of the steps: a column stands until the next one, so that many early ones do not count for more. */
function usual(columns: readonly Column[], values: readonly number[]): number {
  const stands = (i: number): number => (columns[i + 1]?.step ?? (columns[i]?.step ?? 0) + 1) - (columns[i]?.step ?? 0);
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let left = order.reduce((sum, i) => sum + stands(i), 0) / 2;
  for (const i of order) {
    left -= stands(i);
    if (left <= 0) return values[i] ?? 0;
  }
  return 0;
}

/** The part of the value axis that most steps need; `isCut` where some lie further out. */
export function spanOverSteps(columns: readonly Column[]): { readonly span: Range; readonly isCut: boolean } {
  const spans = columns.map(({ item }) => valueSpan([item]));
  const reaches = spans.map(([low, high]) => Math.max(-low, high));
  const reach = FAR * usual(columns, reaches);
  const [low, high] = [Math.min(...spans.map((one) => one[0])), Math.max(...spans.map((one) => one[1]))];
  if (!(reach > 0)) return { span: [low, high], isCut: false };
  return { span: [Math.max(low, -reach), Math.min(high, reach)], isCut: low < -reach || high > reach };
}

/** The part of the value axis that the rows need. */
export function valueSpan(items: readonly HistogramItem[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const from = histogramQuantile(item.counts.data, item.edges.data, OUTSIDE);
    const to = histogramQuantile(item.counts.data, item.edges.data, 1 - OUTSIDE);
    if (Number.isFinite(from)) low = Math.min(low, from);
    if (Number.isFinite(to)) high = Math.max(high, to);
  }
  if (!(high > low))
    return [Math.min(low, 0) - 1 || -1, Math.max(high, 0) + 1 || 1].map((v) =>
      Number.isFinite(v) ? v : 0,
    ) as unknown as Range;
  return [Math.min(low, 0), Math.max(high, 0)];
}
