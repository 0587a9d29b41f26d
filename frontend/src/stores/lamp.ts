/** Which samples are looked at: the part of the data, what is let through, and the order. */

export type Part = 'train' | 'validation';
export type Verdict = 'all' | 'wrong' | 'right';
/** By loss from the largest or the smallest, by how sure the answer is, or as they lie in the data. */
export type Order = 'hardest' | 'easiest' | 'unsure' | 'place';

export interface Filter {
  readonly verdict: Verdict;
  /** Class numbers; null lets any through. */
  readonly label: number | null;
  readonly prediction: number | null;
  /** Ends of the loss, both let through; null is open. */
  readonly least: number | null;
  readonly most: number | null;
}

export interface Lamp extends Filter {
  readonly part: Part;
  readonly order: Order;
}

export const NO_FILTER: Filter = { verdict: 'all', label: null, prediction: null, least: null, most: null };
export const LAMP: Lamp = { part: 'validation', order: 'hardest', ...NO_FILTER };

export const isOpenFilter = (filter: Filter): boolean =>
  filter.verdict === 'all' &&
  [filter.label, filter.prediction, filter.least, filter.most].every((value) => value === null);
