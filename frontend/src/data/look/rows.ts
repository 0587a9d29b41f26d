/** Which samples a filter lets through, and in which order. Rows are places in the arrays of a frame. */
import type { Filter, Lamp, Order } from '../../stores/lamp';
import type { SamplesItem } from '../../words/frames';

/** The class of a sample that has several answers. */
const NO_SINGLE = -1;

/** The rows that fit, in order. */
export function fittingRows(item: SamplesItem, lamp: Lamp): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < item.index.data.length; row += 1) if (fits(item, row, lamp)) rows.push(row);
  return Int32Array.from(inOrder(item, rows, lamp.order));
}

function fits(item: SamplesItem, row: number, { verdict, label, prediction, least, most }: Filter): boolean {
  if (verdict !== 'all' && item.wrong && (item.wrong.data[row] === 1) !== (verdict === 'wrong')) return false;
  if (item.has_classes && label !== null && item.label.data[row] !== label) return false;
  if (item.has_classes && prediction !== null && item.prediction.data[row] !== prediction) return false;
  const loss = lossOf(item, row);
  return (least === null || loss >= least) && (most === null || loss <= most);
}

/** A loss that is no number is the largest of all. */
const lossOf = ({ loss }: SamplesItem, row: number): number => {
  const value = loss.data[row] as number;
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
};

function inOrder(item: SamplesItem, rows: number[], order: Order): number[] {
  const share = item.probability;
  const by = (value: (row: number) => number): number[] => rows.sort((a, b) => compare(value(a), value(b)) || a - b);
  if (order === 'hardest') return by((row) => -lossOf(item, row));
  if (order === 'easiest') return by((row) => lossOf(item, row));
  if (order === 'unsure' && share) return by((row) => share.data[row] as number);
  return rows;
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** One sample as the network answers it, in words of its classes. */
export interface Verdict {
  readonly index: number;
  readonly label: string | null;
  readonly prediction: string | null;
  readonly loss: number;
  readonly probability: number | null;
  readonly wrong: boolean | null;
}

export function verdictAt(item: SamplesItem, row: number, names: readonly string[], write: Write): Verdict {
  const name = ({ data }: SamplesItem['label']): string | null => {
    const value = data[row] as number;
    if (!item.has_classes) return Number.isNaN(value) ? null : write(value);
    return value === NO_SINGLE ? null : (names[value] ?? String(value));
  };
  return {
    index: item.index.data[row] as number,
    label: name(item.label),
    prediction: name(item.prediction),
    loss: item.loss.data[row] as number,
    probability: item.probability ? (item.probability.data[row] as number) : null,
    wrong: item.wrong ? item.wrong.data[row] === 1 : null,
  };
}

type Write = (value: number) => string;

/** The row of a sample; −1 where it is not among those that are told. */
export function rowOf({ index }: SamplesItem, sample: number): number {
  // Places go up, and mostly each is its own row.
  return index.data[sample] === sample ? sample : index.data.indexOf(sample);
}

export function numWrong({ wrong }: SamplesItem): number | null {
  return wrong ? Array.from(wrong.data).reduce((sum, one) => sum + one, 0) : null;
}

/** True where samples have one class each, so that they can be looked for by it. */
export const hasSingleClasses = (item: SamplesItem): boolean => item.has_classes && item.label.data[0] !== NO_SINGLE;
