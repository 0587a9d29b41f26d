/** Samples as they are before preprocessing, fetched a page at a time; those looked at last are kept. */
import type { CheckedData, PreviewSample } from '../generated/schemas';
import type { Part } from './lamp';
import { type Schedule, Signal } from './signal';

/** Numbers that are kept, in all samples together: 32 MB. */
const MOST_NUMBERS = 4_000_000;

export interface HeldSample {
  readonly label: string | null;
  /** Tokens as text; null where the data has no words. */
  readonly text: string | null;
  readonly values: Float32Array;
}

export class SampleStore extends Signal {
  #key = '';
  #held = new Map<string, HeldSample>();
  #numbers = 0;
  /** The data that the samples are of; null before the first page. */
  data: CheckedData | null = null;
  /** Least and greatest number of what came so far. */
  ends: readonly [number, number] = [0, 1];
  /** Why samples do not come. */
  problem: string | null = null;

  constructor(schedule?: Schedule) {
    super(schedule);
  }

  /** Other data: nothing of what is held is of them. */
  begin(key: string): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#held = new Map();
    this.#numbers = 0;
    this.data = null;
    this.problem = null;
    this.changed();
  }

  get key(): string {
    return this.#key;
  }

  of(part: Part, index: number): HeldSample | undefined {
    return this.#held.get(`${part}:${index}`);
  }

  fail(problem: string): void {
    this.problem = problem;
    this.changed();
  }

  put(part: Part, samples: readonly PreviewSample[], data: CheckedData): void {
    const isFirst = this.data === null;
    this.data = data;
    this.problem = null;
    for (const { index, label, text, values } of samples) {
      const held: HeldSample = { label, text, values: flatNumbers(values) };
      this.#held.set(`${part}:${index}`, held);
      this.#numbers += held.values.length;
    }
    if (isFirst) this.ends = endsOf([...this.#held.values()], data);
    this.#forget();
    this.changed();
  }

  #forget(): void {
    for (const [key, held] of this.#held) {
      if (this.#numbers <= MOST_NUMBERS) return;
      this.#held.delete(key);
      this.#numbers -= held.values.length;
    }
  }
}

/** The range that the data say they have, or else that of the first page: one scale for all. */
function endsOf(held: readonly HeldSample[], { value_range }: CheckedData): readonly [number, number] {
  if (value_range) return [value_range[0] ?? 0, value_range[1] ?? 1];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of held)
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low < high ? [low, high] : [low, low + 1];
}

function flatNumbers(values: readonly unknown[]): Float32Array {
  const flat: number[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    else flat.push(value === null ? Number.NaN : Number(value));
  };
  walk(values);
  return Float32Array.from(flat);
}
