/** The curves of a run in typed buffers that grow. Non-finite values are NaN here. */
import type { Series } from '../generated/schemas';
import { type Schedule, Signal } from './signal';

/** The points of one curve by rising step. The arrays are views: read them at once, do not keep them. */
export interface Curve {
  readonly length: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

class Buffer {
  #steps = new Float64Array(256);
  #values = new Float64Array(256);
  #length = 0;

  get curve(): Curve {
    return {
      length: this.#length,
      steps: this.#steps.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    };
  }

  append(series: Series): void {
    this.#reserve(this.#length + series.steps.length);
    let newest = this.#length > 0 ? (this.#steps[this.#length - 1] as number) : -1;
    for (let i = 0; i < series.steps.length; i += 1) {
      const step = series.steps[i] as number;
      if (step <= newest) continue;
      this.#steps[this.#length] = step;
      this.#values[this.#length] = series.values[i] ?? Number.NaN;
      this.#length += 1;
      newest = step;
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
  }
}

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

  /** Puts these curves in the place of all that were there. */
  replace(scalars: Record<string, Series>): void {
    this.#buffers.clear();
    this.append(scalars);
  }

  clear(): void {
    this.replace({});
  }
}
