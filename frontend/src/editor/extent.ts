/** Sizes of windows: one number for all directions, or one for each. */

import { readNumber } from '../forms/stepping';
import type { Kind } from '../generated/schemas';

type Schema = Record<string, unknown>;

/** A field that takes one whole number or several, perhaps also a word such as "same". */
export interface ExtentForm {
  readonly count: number;
  readonly words: readonly string[];
  readonly least: number;
}

/** The form of a field of a kind; null where it is none of sizes. */
export function extentForm(kind: Kind | undefined, name: string): ExtentForm | null {
  const schema = ((kind?.fields.properties ?? {}) as Record<string, Schema>)[name];
  const options = (schema?.anyOf as Schema[] | undefined) ?? [];
  const list = options.find((option) => option.type === 'array' && typeof option.maxItems === 'number');
  const single = options.find((option) => option.type === 'integer');
  if (!list || !single) return null;
  const words = options.flatMap((option) => [option.const, ...((option.enum as unknown[]) ?? [])]);
  return {
    count: Number(list.maxItems),
    words: words.filter((word) => typeof word === 'string'),
    least: Number(single.minimum ?? 0),
  };
}

/** '3 × 3' for 3 where there are two directions. */
export function extentText(value: unknown, { count }: ExtentForm): string {
  if (typeof value === 'string') return value;
  const sizes = Array.isArray(value) ? value : Array.from({ length: count }, () => value);
  return sizes.map((size) => String(size)).join(' × ');
}

/** What was typed: '3', '3 × 5', '3,5', 'same'; null where it is none of these. */
export function readExtent(text: string, { count, words, least }: ExtentForm): number | number[] | string | null {
  const plain = text.trim().toLowerCase();
  if (words.includes(plain)) return plain;
  const sizes = plain
    .split(/[×x*,;\s]+/)
    .filter(Boolean)
    .map(readNumber);
  if (sizes.length === 0 || sizes.some((size) => size === null || !Number.isInteger(size) || size < least)) return null;
  const [first] = sizes as number[];
  if (sizes.length === 1 || (sizes.length === count && sizes.every((size) => size === first))) return first as number;
  return sizes.length === count ? (sizes as number[]) : null;
}

/** The value with every size one larger or smaller. */
export function stepExtent(value: unknown, by: number, { least }: ExtentForm): number | number[] {
  const stepped = (size: unknown): number => Math.max(least, (typeof size === 'number' ? size : least) + by);
  return Array.isArray(value) ? value.map(stepped) : stepped(value);
}
