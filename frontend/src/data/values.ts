import { formatNumber } from '../draw/format';

/** The numbers of a sample, which the server sends as nested lists; NaN where a value is missing. */
export function flatNumbers(values: readonly unknown[]): number[] {
  return values.flatMap((value) => (Array.isArray(value) ? flatNumbers(value) : [numberOf(value)]));
}

export const numberOf = (value: unknown): number => (value === null ? Number.NaN : Number(value));

/** A text in one line: what would break it is seen. */
export const onOneLine = (text: string): string => text.replaceAll('\n', '↵').replaceAll('\t', '⇥');

/** A value of a table, which may be missing. */
export const formatValue = (value: number): string => (Number.isNaN(value) ? 'missing' : formatNumber(value));
