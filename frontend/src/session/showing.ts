/** Which experiment is on the page: a spec of which a run is made, or a run of the server. */
import type { RunSpec, RunView } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { OwnExperiment } from '../stores/lesson';
import type { Rest } from '../wire/rest';
import { complete } from './complete';
import type { Following } from './following';
import type { Runs } from './runs';

export class Showing {
  readonly #draft: DraftStore;
  readonly #rest: Pick<Rest, 'run'>;
  readonly #runs: Runs;
  readonly #following: Pick<Following, 'settle' | 'anew' | 'apart'>;

  constructor(
    draft: DraftStore,
    rest: Pick<Rest, 'run'>,
    runs: Runs,
    following: Pick<Following, 'settle' | 'anew' | 'apart'>,
  ) {
    this.#draft = draft;
    this.#rest = rest;
    this.#runs = runs;
    this.#following = following;
  }

  /** Puts another experiment on the page, with a run of its own, even where that of the page could become it. */
  begin(spec: unknown): void {
    const whole = complete(spec);
    this.#runs.startAfresh();
    this.#following.apart();
    this.#draft.getState().set(whole);
    this.#draft.temporal.getState().clear();
  }

  /** The same, with a run that waits at step 0, even where that of the page trains. */
  beginAnew(spec: unknown): void {
    this.#following.anew();
    this.begin(spec);
  }

  /** Shows a run that is known. */
  attach(view: RunView): void {
    const spec = this.#runs.attach(view);
    this.#following.settle();
    this.#draft.getState().set(spec);
    this.#draft.temporal.getState().clear();
  }

  /** Shows a run in place of the one that is on the page, which ends; false where it is not there. */
  async show(id: string): Promise<boolean> {
    const view = await this.#rest.run(id).catch(() => undefined);
    if (!view) return false;
    const { record } = this.#runs;
    if (record && record.id !== id) void this.#runs.leave(record);
    this.#runs.startAfresh();
    this.attach(view);
    return true;
  }

  /** What is on the page now, to come back to; null where there is nothing yet. */
  own(): OwnExperiment | null {
    const { spec } = this.#draft.getState();
    if (!spec) return null;
    const { record, applied } = this.#runs;
    const { pastStates, futureStates } = this.#draft.temporal.getState();
    const isItsRun = record !== null && record.progress.step > 0 && applied === spec;
    const specs = (states: readonly { spec?: RunSpec | null }[]) => states.map((one) => ({ spec: one.spec ?? null }));
    return { spec, run: isItsRun ? record.id : null, past: specs(pastStates), future: specs(futureStates) };
  }

  /** Brings the edits of a kept experiment back, for undo and redo. */
  remember({ past, future }: OwnExperiment): void {
    this.#draft.temporal.setState({ pastStates: [...past], futureStates: [...future] });
  }
}
