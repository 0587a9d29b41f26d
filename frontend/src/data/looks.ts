/** Looks at data that are not on the page, for pictures of them: each is asked for once, a few at a time. */
import type { DatasetPreview, RunSpec } from '../generated/schemas';

type Data = RunSpec['data'];
export type Ask = (data: Data, numSamples: number) => Promise<DatasetPreview>;

/** The server reads one set after another anyway; more at once would only keep the check waiting. */
const AT_ONCE = 2;

export class Looks {
  readonly #known = new Map<string, Promise<DatasetPreview>>();
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  /** A look at a set with these fields. One that failed is asked for again the next time. */
  of(data: Data, numSamples: number, ask: Ask): Promise<DatasetPreview> {
    const key = JSON.stringify([data.dataset, data.params, numSamples]);
    const known = this.#known.get(key);
    if (known) return known;
    const look = this.#turn().then(() => ask(data, numSamples).finally(() => this.#done()));
    this.#known.set(key, look);
    look.catch(() => this.#known.delete(key));
    return look;
  }

  #turn(): Promise<void> {
    this.#open += 1;
    if (this.#open <= AT_ONCE) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #done(): void {
    this.#open -= 1;
    this.#waiting.shift()?.();
  }
}

/** All of this page. */
export const looks = new Looks();

/** The data as a look wants them: nothing of how they are split, prepared or augmented matters to a picture. */
export const lookedAt = (like: Data, dataset: string, params: Data['params']): Data => ({
  ...like,
  dataset,
  params,
  validation_fraction: 0.2,
  split_seed: null,
  stratify: true,
  oversample: false,
  preprocess: 'none',
  target: 'label',
  subset: null,
  augment: [],
});
