/** The numbers of a distribution: in the columns at the right, in the enlarged picture, and in the table. */
import { formatCount, formatNumber, formatPercent } from '../../draw/format';
import type { HistogramItem } from '../../words/frames';
import type { Table } from '../drawing';
import { type Frames, QUANTITIES, type Row, UPDATES } from './rows';

export const NONE = '–';
/** The one column that is of the layer, not of one of its distributions. */
export const UPDATE_RATIO = 'update : weight';

export interface NumberColumn {
  readonly name: string;
  /** Pixels at text scale 1. */
  readonly width: number;
  readonly text: (item: HistogramItem | null, row: Row) => string;
  /** False of a layer that can have no such number; left out: each has it. */
  readonly isOf?: (item: HistogramItem, row: Row) => boolean;
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? NONE : formatNumber(value);
const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? NONE : formatPercent(value, value > 0 && value < 0.1 ? 1 : 0);

/** `12 % since 340`. */
export function deadOf(item: HistogramItem | null): string {
  const since = item?.dead_since ?? null;
  return share(item?.dead) + (since === null ? '' : ` since ${formatCount(since)}`);
}

/** From left to right. Where the panel is narrow they go in this order: the first one first. */
export const NUMBERS: readonly NumberColumn[] = [
  { name: 'min', width: 64, text: (item) => number(item?.min) },
  { name: 'max', width: 64, text: (item) => number(item?.max) },
  { name: 'mean', width: 70, text: (item) => number(item?.mean) },
  { name: 'std', width: 64, text: (item) => number(item?.std) },
  { name: 'zeros', width: 48, text: (item) => share(item?.zeros) },
  { name: 'saturated', width: 58, text: (item) => share(item?.saturated), isOf: (item) => item.saturated !== null },
  { name: 'dead', width: 104, text: deadOf, isOf: (item) => item.dead !== null },
  { name: UPDATE_RATIO, width: 88, text: (_, row) => number(row.update?.ratio) },
];

/** Those that any of the rows can have: a column without a number would only take the room of others. */
export function columnsOf(rows: readonly Row[], numbersOf: number): readonly NumberColumn[] {
  const isOf = ({ isOf = () => true }: NumberColumn): boolean =>
    rows.some((row) => {
      const item = row.items[numbersOf];
      return item ? isOf(item, row) : false;
    });
  return NUMBERS.filter(isOf);
}

/** Everything that is known of a distribution, for the enlarged picture. */
export function factsOf(item: HistogramItem, row: Row): readonly (readonly [name: string, value: string])[] {
  const isWeight = item.parameter !== null;
  return [
    ['mean', number(item.mean)],
    ['std', number(item.std)],
    ['min', number(item.min)],
    ['max', number(item.max)],
    ['zeros', share(item.zeros)],
    ...(item.saturated === null ? [] : [['saturated', share(item.saturated)] as const]),
    ...(item.dead === null ? [] : [['dead units', deadOf(item)] as const]),
    ...(isWeight && row.update ? [[UPDATE_RATIO, number(row.update.ratio)] as const] : []),
    ...(item.non_finite > 0 ? [['not finite', formatCount(item.non_finite)] as const] : []),
    ['elements', formatCount(item.num_elements)],
    ...(item.num_measured < item.num_elements ? [['in the shape', formatCount(item.num_measured)] as const] : []),
  ];
}

const COLUMNS = [
  ...['layer', 'parameter', 'quantity', 'step', 'split', 'mode', 'mean', 'std', 'min', 'max', 'zeros', 'saturated'],
  ...['dead', 'dead_since', 'update_ratio', 'non_finite', 'elements'],
];

/** A row for every distribution that was measured, of every parameter. */
export function tableOf(rows: readonly Row[], frames: Frames): Table {
  const titles = new Map<string, string>(QUANTITIES.map(({ probe, title }) => [probe, title]));
  titles.set(UPDATES, 'update of the weight');
  const text = (value: number | string | null): string => (value === null ? '' : String(value));
  const ofNode = (node: string): string[][] =>
    [...titles].flatMap(([probe, title]) => {
      const frame = frames.get(probe);
      const items = frame?.items.filter((item) => item.node === node) ?? [];
      return items.map((item) =>
        [
          ...[node, item.parameter, title, frame?.step ?? null, frame?.split ?? null, frame?.mode ?? null, item.mean],
          ...[item.std, item.min, item.max, item.zeros, item.saturated, item.dead, item.dead_since, item.ratio],
          ...[item.non_finite, item.num_elements],
        ].map(text),
      );
    });
  return { columns: COLUMNS, rows: rows.flatMap(({ node }) => ofNode(node)) };
}
