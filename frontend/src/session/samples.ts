/** Fetches the samples that are in sight, a page at a time, the newest wish first. */
import type { DatasetPreview, PreviewSample, RunSpec } from '../generated/schemas';
import type { Part } from '../stores/lamp';
import type { SampleStore } from '../stores/samples';
import type { Rest } from '../wire/rest';
import { canonical } from './canonical';

/** So many numbers in one answer, and so many samples at least and at most. */
const NUMBERS_A_CALL = 60_000;
const LEAST_A_CALL = 4;
const MOST_A_CALL = 100;

/** Where samples are: data and seed of a run, and the part. */
export interface SamplePlace {
  readonly spec: RunSpec;
  readonly part: Part;
  /** Numbers of one sample. */
  readonly size: number;
}

interface Wish {
  readonly place: SamplePlace;
  readonly indices: readonly number[];
}

export class SampleErrands {
  readonly store: SampleStore;
  readonly #rest: Pick<Rest, 'preview'>;
  #wish: Wish | null = null;
  #isFetching = false;

  constructor(store: SampleStore, rest: Pick<Rest, 'preview'>) {
    this.store = store;
    this.#rest = rest;
  }

  /** Has these samples fetched where they are not held; what was wished before and did not go out yet is forgotten. */
  want(place: SamplePlace, indices: readonly number[]): void {
    this.store.begin(dataKey(place.spec));
    this.#wish = { place, indices };
    if (!this.#isFetching) void this.#go();
  }

  /** Preprocessing of an experiment, step by step. */
  prepared(spec: RunSpec): Promise<DatasetPreview> {
    const { seed } = spec.training;
    return this.#rest.preview({ data: plainData(spec), seed, num_samples: 1, with_preparation: true });
  }

  /** The points of the plane of a run, at most 1 000 of each part, each with its place there. */
  plane(spec: RunSpec): Promise<DatasetPreview> {
    return this.#rest.preview({ data: plainData(spec), seed: spec.training.seed, num_samples: 1 });
  }

  async #go(): Promise<void> {
    this.#isFetching = true;
    try {
      for (let page = this.#next(); page !== null; page = this.#next()) await this.#fetch(page);
    } catch (error) {
      this.#wish = null;
      this.store.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isFetching = false;
    }
  }

  /** The first samples in sight that are not there. */
  #next(): Wish | null {
    if (!this.#wish) return null;
    const { place, indices } = this.#wish;
    const most = Math.min(MOST_A_CALL, Math.max(LEAST_A_CALL, Math.floor(NUMBERS_A_CALL / Math.max(1, place.size))));
    const missing = indices.filter((index) => !this.store.of(place.part, index)).slice(0, most);
    if (missing.length === 0) this.#wish = null;
    return missing.length > 0 ? { place, indices: missing } : null;
  }

  async #fetch({ place, indices }: Wish): Promise<void> {
    const { spec, part } = place;
    const data = plainData(spec);
    const found = await this.#rest.preview({ data, seed: spec.training.seed, part, indices: [...indices] });
    if (this.store.key !== dataKey(spec)) return;
    const samples: readonly PreviewSample[] = part === 'train' ? found.samples : found.validation;
    if (!samples.some(({ index }) => indices.includes(index))) throw new Error('The server gave other samples.');
    this.store.put(part, samples, found.data);
  }
}

/** Without what changes live: a sample is the same whatever the batches are. */
const plainData = ({ data }: RunSpec): RunSpec['data'] => ({ ...data, augment: [], batch_size: 1 });

/** The same text for experiments whose samples and preprocessing are the same. */
export const dataKey = (spec: RunSpec): string => canonical([plainData(spec), spec.training.seed]);
