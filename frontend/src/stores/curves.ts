/** The curves of a run in typed buffers that grow. Non-finite values are NaN here. */
import type { Series } from '../generated/schemas';
import { type Schedule, Signal } from './signal';

/** The points of one curve by rising step. The arrays are views: read them at once, do not keep them. */
export interface Curve {
  readonly length: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Of each point the mean of all values since the point before it, of which most may be left out here. */
  readonly means: Float64Array;
}

/** At most so many points of a curve are asked for at once: more than any screen has columns. */
export const MOST_POINTS = 2000;

/** From a step to a step. */
export type Steps = readonly [number, number];

/** Steps of a curve that have fewer points here than the server holds. */
interface Sparse {
  readonly from: number;
  readonly to: number;
  /** On the average there is a point every so many steps. */
  readonly every: number;
}

/** Points that are missing where somebody looks. */
export interface Lack {
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
}

class Buffer {
  #steps = new Float64Array(256);
  #values = new Float64Array(256);
  #means = new Float64Array(256);
  #length = 0;
  /** By rising step; they do not overlap. */
  #sparse: readonly Sparse[] = [];

  get curve(): Curve {
    return {
      length: this.#length,
      steps: this.#steps.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
      means: this.#means.subarray(0, this.#length),
    };
  }

  get #newest(): number {
    return this.#length > 0 ? (this.#steps[this.#length - 1] as number) : -1;
  }

  append(series: Series): void {
    this.#reserve(this.#length + series.steps.length);
    let newest = this.#newest;
    if (series.thinned_from !== null) this.#noteSparse(series);
    for (let i = 0; i < series.steps.length; i += 1) {
      const step = series.steps[i] as number;
      if (step <= newest) continue;
      this.#add(step, series.values[i] ?? Number.NaN, meansOf(series)[i] ?? Number.NaN);
      newest = step;
    }
  }

  /** Takes in what the server gave for these steps. */
  refine(from: number, to: number, series: Series | undefined): void {
    if (series) this.#merge(series);
    const every = series?.thinned_from != null ? (to - from) / MOST_POINTS : 0;
    this.#sparse = this.#sparse
      .flatMap((one) => [
        { ...one, to: Math.min(one.to, from) },
        { from: Math.max(one.from, from), to: Math.min(one.to, to), every: Math.min(one.every, every) },
        { ...one, from: Math.max(one.from, to) },
      ])
      .filter((one) => one.from < one.to && one.every > 0);
  }

  /** The part of a view in which an answer would have more than twice the points that are here. */
  lackIn(from: number, to: number): Steps | null {
    const coarse = (2 * (to - from)) / MOST_POINTS;
    const found = this.#sparse.filter((one) => Math.max(one.from, from) < Math.min(one.to, to) && one.every > coarse);
    const [first, last] = [found[0], found.at(-1)];
    if (!first || !last) return null;
    return [Math.max(first.from, Math.floor(from)), Math.min(last.to, Math.ceil(to))];
  }

  /** Thinned points are about to be appended. */
  #noteSparse({ steps }: Series): void {
    const from = Math.max(steps[0] ?? 0, this.#newest);
    const to = steps.at(-1) ?? 0;
    if (to <= from) return;
    const every = (to - from) / Math.max(1, steps.length - 1);
    const last = this.#sparse.at(-1);
    // A quick run is thinned message after message: that is one stretch, so that there are never many.
    if (last && last.to === this.#newest)
      this.#sparse = [...this.#sparse.slice(0, -1), { from: last.from, to, every: Math.max(last.every, every) }];
    else this.#sparse = [...this.#sparse, { from, to, every }];
  }

  #add(step: number, value: number, mean: number): void {
    this.#steps[this.#length] = step;
    this.#values[this.#length] = value;
    this.#means[this.#length] = mean;
    this.#length += 1;
  }

  /** Puts points between those that are there; of a step that is there already the value stays. */
  #merge(series: Series): void {
    const [old, { steps, values }, means] = [this.curve, series, meansOf(series)];
    const size = old.length + steps.length;
    this.#steps = new Float64Array(size);
    this.#values = new Float64Array(size);
    this.#means = new Float64Array(size);
    this.#length = 0;
    let [i, j] = [0, 0];
    while (i < old.length || j < steps.length) {
      const [mine, theirs] = [old.steps[i] ?? Number.POSITIVE_INFINITY, steps[j] ?? Number.POSITIVE_INFINITY];
      const value = mine <= theirs ? (old.values[i] as number) : (values[j] ?? Number.NaN);
      // Each of the two knows the mean of a piece that the point lies in: the shorter piece tells more.
      const [of, at] = sizeOfPiece(steps, j) < sizeOfPiece(old.steps, i) ? [{ steps, means }, j] : [old, i];
      const mean = Number.isFinite(sizeOfPiece(of.steps, at)) ? of.means[at] : value;
      this.#add(Math.min(mine, theirs), value, mean ?? Number.NaN);
      if (mine <= theirs) i += 1;
      if (theirs <= mine) j += 1;
    }
  }

  #reserve(length: number): void {
    if (length <= this.#steps.length) return;
    const size = Math.max(length, 2 * this.#steps.length);
    const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(size);
      larger.set(old.subarray(0, this.#length));
      return larger;
    };
    this.#steps = grow(this.#steps);
    this.#values = grow(this.#values);
    this.#means = grow(this.#means);
  }
}

/** Where no point is left out, each is its own mean. */
const meansOf = ({ values, means }: Series): readonly (number | null)[] => (means.length > 0 ? means : values);

/** Steps from the point before to this one; nothing is known before the first and after the last. */
const sizeOfPiece = (steps: ArrayLike<number>, at: number): number =>
  at > 0 && at < steps.length ? (steps[at] as number) - (steps[at - 1] as number) : Number.POSITIVE_INFINITY;

export class CurveStore extends Signal {
  readonly #buffers = new Map<string, Buffer>();

  constructor(schedule?: Schedule) {
    super(schedule);
  }

  get(name: string): Curve | undefined {
    return this.#buffers.get(name)?.curve;
  }

  names(): string[] {
    return [...this.#buffers.keys()].sort();
  }

  /** The newest value of a curve. */
  newest(name: string): number | undefined {
    return this.get(name)?.values.at(-1);
  }

  /** Adds points. A step that is there already is passed over, so that a message read twice changes nothing. */
  append(scalars: Record<string, Series>): void {
    for (const [name, series] of Object.entries(scalars)) {
      const buffer = this.#buffers.get(name) ?? new Buffer();
      this.#buffers.set(name, buffer);
      buffer.append(series);
    }
    this.changed();
  }

  /** Where points of these curves are missing in a view of steps; null where it has what a screen can show. */
  lackIn(names: readonly string[], [from, to]: Steps): Lack | null {
    const found = names.flatMap((name) => {
      const range = this.#buffers.get(name)?.lackIn(from, to);
      return range ? [{ name, range }] : [];
    });
    if (found.length === 0) return null;
    return {
      names: found.map(({ name }) => name),
      from: Math.min(...found.map(({ range }) => range[0])),
      to: Math.max(...found.map(({ range }) => range[1])),
    };
  }

  /** Fills in what was missing. A curve that the answer leaves out has nothing there. */
  refine({ names, from, to }: Lack, scalars: Record<string, Series>): void {
    for (const name of names) this.#buffers.get(name)?.refine(from, to, scalars[name]);
    this.changed();
  }

  /** Puts these curves in the place of all that were there. */
  replace(scalars: Record<string, Series>): void {
    this.#buffers.clear();
    this.append(scalars);
  }

  clear(): void {
    this.replace({});
  }
}
