/** Questions to the server that change nothing. */
import type { CheckResult, DatasetPreview, RunSpec, SchedulePreview, SuggestedRate } from '../generated/schemas';
import type { Rest } from '../wire/rest';
import { type RangeProgress, rangeTest } from './rangeTest';
import { startSpread } from './startSpread';

export class Questions {
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** A look at data that are not on the page. */
  look(data: RunSpec['data'], numSamples = 1): Promise<DatasetPreview> {
    return this.#rest.preview({ data, seed: 0, num_samples: numSamples });
  }

  /** What the server makes of an experiment that is not on the page. */
  tryOn({ data, graph, init, loss }: RunSpec): Promise<CheckResult> {
    return this.#rest.check({ data, graph, init, loss });
  }

  /** The experiment as a script of PyTorch. */
  script(spec: RunSpec): Promise<string> {
    return this.#rest.script(spec);
  }

  /** Where the server keeps the token for scripts; null where it does not say. */
  async tokenFile(): Promise<string | null> {
    return (await this.#rest.health()).token_file;
  }

  /** Standard deviation of each layer's output at step 0 of a run, by node. */
  startSpread(run: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    return startSpread(this.#rest, run, signal);
  }

  /** The learning rate over the whole run that this experiment would make. */
  schedulePreview(spec: RunSpec): Promise<SchedulePreview> {
    return this.#rest.schedulePreview(spec);
  }

  /** Tries rates from tiny to huge in a short run of its own; the run on the page is left as it is. */
  rangeTest(
    spec: RunSpec,
    onProgress: (progress: RangeProgress) => void,
    signal: AbortSignal,
  ): Promise<SuggestedRate | null> {
    return rangeTest(this.#rest, spec, onProgress, signal);
  }
}
