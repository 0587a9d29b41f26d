/** How many samples each class has, in both parts, and whether that is even. */
import { formatCount, formatNumber } from '../../draw';
import type { DatasetPreview } from '../../generated/schemas';

export interface ClassRow {
  readonly name: string;
  /** Different samples to train on. */
  readonly train: number;
  /** The same with those that are repeated. */
  readonly trainedOn: number;
  readonly validation: number;
}

/** Whether samples of rare classes come more than once in an epoch. */
export const hasRepeats = (preview: DatasetPreview | null): boolean =>
  Object.keys(preview?.oversampled_counts ?? {}).length > 0;

/** Different samples, in both parts. */
export function numDifferent(preview: DatasetPreview): number {
  const { num_train, num_validation } = preview.data;
  if (!hasRepeats(preview)) return num_train + num_validation;
  return Object.values(preview.train_counts).reduce((sum, count) => sum + count, num_validation);
}

/** Empty for numbers, and until the parts were counted. */
export function classRows({ data, train_counts, oversampled_counts, validation_counts }: DatasetPreview): ClassRow[] {
  if (Object.keys(train_counts).length === 0) return [];
  return data.class_names.map((name) => ({
    name,
    train: train_counts[name] ?? 0,
    trainedOn: oversampled_counts[name] ?? train_counts[name] ?? 0,
    validation: validation_counts[name] ?? 0,
  }));
}

/** A class this much larger than another one is worth a word. */
const UNEVEN_FROM = 1.5;

/** `142 to 146 of each class`, `the largest class has 4.2 times as many as the smallest`. */
export function evenness(rows: readonly ClassRow[]): string {
  const counts = rows.map(({ trainedOn }) => trainedOn);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  if (low === high) return `${formatCount(low)} of each class to train on`;
  if (low === 0) return 'some classes have nothing to train on';
  if (high / low < UNEVEN_FROM) return `${formatCount(low)} to ${formatCount(high)} of each class to train on`;
  return `the largest class has ${formatNumber(high / low, 2)} times as many as the smallest`;
}
