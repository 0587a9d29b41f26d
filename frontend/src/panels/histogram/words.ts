/** What is said of distributions: in the tip, in the table, and to those who do not see them. */
import { formatCount, formatNumber, formatPercent } from '../../draw/format';
import type { HistogramItem } from '../../words/frames';
import type { Table } from '../drawing';
import type { TipRow } from '../tip';
import type { HeatMap } from './heatmap';
import { noteOf } from './ridgeline';
import { type Column, type HistogramFrame, nameOf } from './rows';

const COLUMNS = ['mean', 'std', 'min', 'max', 'zeros', 'saturated', 'dead', 'dead_since', 'update_ratio', 'elements'];

const text = (value: number | null): string => (value === null ? '' : String(value));

const numbersOf = (item: HistogramItem): string[] =>
  [
    ...[item.mean, item.std, item.min, item.max, item.zeros, item.saturated, item.dead, item.dead_since, item.ratio],
    item.num_elements,
  ].map(text);

const firstOf = ({ step, item }: Column, isTime: boolean): string[] => [
  ...(isTime ? [String(step)] : []),
  nameOf(item),
];
const FIRST = (isTime: boolean): string[] => [...(isTime ? ['step'] : []), 'layer'];

/** A row for each layer, or for each step where it is over time. */
export function tableOf(shown: readonly Column[], isTime: boolean): Table {
  const rows = shown.map((one) => [...firstOf(one, isTime), ...numbersOf(one.item)]);
  return { columns: [...FIRST(isTime), ...COLUMNS], rows };
}

/** The same with the distributions themselves: a row for each bin. */
export function binsTable(shown: readonly Column[], isTime: boolean): Table {
  const rows = shown.flatMap((one) => {
    const { counts, edges } = one.item;
    const before = [...firstOf(one, isTime), ...numbersOf(one.item)];
    return Array.from(counts.data, (count, i) => [...before, ...[edges.data[i], edges.data[i + 1], count].map(String)]);
  });
  return { columns: [...FIRST(isTime), ...COLUMNS, 'bin_from', 'bin_to', 'count'], rows };
}

export const spreadTable = (shown: readonly Column[]): Table => ({
  columns: [...FIRST(true), 'mean', 'std'],
  rows: shown.map((one) => [...firstOf(one, true), text(one.item.mean), text(one.item.std)]),
});

export function itemRows(item: HistogramItem): TipRow[] {
  const value = (number: number | null): string => (number === null ? '–' : formatNumber(number));
  const rows: TipRow[] = [
    { name: nameOf(item) },
    { name: 'mean', value: value(item.mean), isStrong: true },
    { name: 'std', value: value(item.std), isStrong: true },
    { name: 'min … max', value: `${value(item.min)} … ${value(item.max)}` },
    { name: 'zero', value: formatPercent(item.zeros, 1) },
  ];
  if (item.saturated !== null) rows.push({ name: 'saturated', value: formatPercent(item.saturated, 1) });
  if (item.dead !== null) rows.push({ name: 'dead units', value: formatPercent(item.dead, 1) });
  if (item.dead_since !== null) rows.push({ name: 'dead since step', value: formatCount(item.dead_since) });
  if (item.ratio !== null) rows.push({ name: 'update : weight', value: formatNumber(item.ratio) });
  const all = formatCount(item.num_elements);
  const measured = item.num_measured < item.num_elements ? `${formatCount(item.num_measured)} of ${all}` : all;
  return [...rows, { name: 'elements', value: measured }];
}

export function heatTip(map: HeatMap, x: number, y: number): { rows: TipRow[] } | null {
  const { box, steps, values, shares, columns } = map;
  const [across, upward] = [(x - box.x) / box.width, 1 - (y - box.y) / box.height];
  if (across < 0 || across > 1 || upward < 0 || upward > 1) return null;
  const step = steps[0] + across * (steps[1] - steps[0]);
  const place = columns.findLastIndex((column) => column.step <= step);
  const row = shares[place];
  if (!row || step > (columns.at(-1)?.step ?? 0) + 0.01 * (steps[1] - steps[0])) return null;
  const bin = Math.min(row.length - 1, Math.floor(upward * row.length));
  const edge = (index: number): string => formatNumber(values[0] + ((values[1] - values[0]) * index) / row.length, 2);
  return {
    rows: [
      { name: `step ${formatCount((columns[place] as Column).step)}` },
      { name: `${edge(bin)} … ${edge(bin + 1)}`, value: formatPercent(row[bin] as number, 1), isStrong: true },
    ],
  };
}

export function summaryOf(frame: HistogramFrame, rows: readonly HistogramItem[]): string {
  const parts = rows.map((item) => {
    const note = noteOf(item);
    return `${nameOf(item)} mean ${formatNumber(item.mean ?? Number.NaN, 2)}, std ${formatNumber(item.std ?? Number.NaN, 2)}${note ? `, ${note}` : ''}`;
  });
  return `Step ${frame.step}. ${parts.join('; ')}.`;
}
