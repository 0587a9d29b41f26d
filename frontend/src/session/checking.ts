/** Asks the server what it makes of the draft: shapes and problems of the network, and a look at the data. */
import type { CheckResult, RunSpec } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { PageStore } from '../stores/page';
import { Refused, type Rest } from '../wire/rest';
import { canonical } from './canonical';

const NUM_IMAGES = 20;
const NUM_POINTS = 400;

export class Checking {
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #rest: Pick<Rest, 'check' | 'preview'>;
  #previewed = '';

  constructor(page: PageStore, draft: DraftStore, rest: Pick<Rest, 'check' | 'preview'>) {
    this.#page = page;
    this.#draft = draft;
    this.#rest = rest;
  }

  /** The check of a spec; null when the draft has moved on, or when it cannot even be read. */
  async check(spec: RunSpec): Promise<CheckResult | null> {
    const { data, graph, init, loss } = spec;
    if (graph.length === 0) return this.#empty(spec);
    try {
      const check = await this.#rest.check({ data, graph, init, loss });
      return this.take(spec, check);
    } catch (error) {
      if (!this.#isCurrent(spec)) return null;
      this.#page.setState({ isChecking: false, ...(error instanceof Refused ? { refused: error.problems } : {}) });
      return null;
    }
  }

  /** Shows a check; null when the draft has moved on. */
  take(spec: RunSpec, check: CheckResult): CheckResult | null {
    if (!this.#isCurrent(spec)) return null;
    this.#page.setState({ check, checked: spec, isChecking: false, refused: [] });
    return check;
  }

  /** A network without layers stays on the page: there is nothing to check yet. */
  #empty(spec: RunSpec): null {
    const { check, preview } = this.#page.getState();
    const isSameData = check?.data?.dataset === spec.data.dataset;
    const data = isSameData ? check.data : preview?.data.dataset === spec.data.dataset ? preview.data : null;
    const totals = { parameters: 0, multiply_adds: 0, memory_bytes: 0 };
    const empty = { ok: false, data, nodes: [], problems: [], totals, lacking: {} };
    this.#page.setState({ check: empty, checked: spec, isChecking: false, refused: [] });
    return null;
  }

  /** Looks at the data again where another dataset, split or seed gives other samples. */
  async preview(spec: RunSpec): Promise<void> {
    const { dataset, params, validation_fraction, split_seed, stratify, oversample, subset } = spec.data;
    const split = [validation_fraction, split_seed, stratify, oversample, subset];
    const key = canonical([dataset, params, split, spec.training.seed]);
    if (key === this.#previewed) return;
    this.#previewed = key;
    try {
      const preview = await this.#rest.preview({
        data: spec.data,
        seed: spec.training.seed,
        num_samples: this.#isPoints(dataset) ? NUM_POINTS : NUM_IMAGES,
      });
      if (key === this.#previewed) this.#page.setState({ preview, previewProblem: null });
    } catch (error) {
      if (key !== this.#previewed) return;
      this.#previewed = '';
      if (error instanceof Refused) this.#page.setState({ preview: null, previewProblem: error.words });
    }
  }

  #isCurrent(spec: RunSpec): boolean {
    return this.#draft.getState().spec === spec;
  }

  #isPoints(dataset: string): boolean {
    const kinds = this.#page.getState().catalog?.kinds ?? [];
    return kinds.some(
      (kind) => kind.family === 'dataset' && kind.kind === dataset && kind.details.input_kind === 'points',
    );
  }
}
