/** What a confusion matrix says in words. */
import type { MatrixItem } from '../../words/frames';

export interface Confused {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export function rowTotals({ values, row_names, column_names }: MatrixItem): Float64Array {
  const width = column_names.length;
  return Float64Array.from(row_names, (_, row) => {
    let total = 0;
    for (let column = 0; column < width; column += 1) total += values.data[row * width + column] as number;
    return total;
  });
}

/** How many lie off the diagonal, of how many. */
export function wrongOf(item: MatrixItem): { wrong: number; total: number } {
  const total = rowTotals(item).reduce((sum, count) => sum + count, 0);
  const right = item.row_names.reduce(
    (sum, _, i) => sum + (item.values.data[i * item.column_names.length + i] as number),
    0,
  );
  return { wrong: total - right, total };
}

/** Pairs that were taken for another, most often first. */
export function confusedPairs(item: MatrixItem): Confused[] {
  const width = item.column_names.length;
  const pairs = item.row_names.flatMap((from, row) =>
    item.column_names.map((to, column) => ({
      from,
      to,
      row,
      column,
      count: item.values.data[row * width + column] as number,
    })),
  );
  return pairs
    .filter((pair) => pair.row !== pair.column && pair.count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ from, to, count }) => ({ from, to, count }));
}

/** The middle of words below a column, moved to the left where they would be cut off at the end of the picture. */
export const within = (middle: number, width: number, end: number): number => Math.min(middle, end - width / 2);

/** Between the name of a row and the cells. */
export const NAME_GAP = 6;

/** Width of the column of names: all of the longest, where it takes no more than its share of the picture. */
export const nameColumn = (widest: number, width: number): number => Math.min(widest + NAME_GAP + 2, 0.22 * width);
