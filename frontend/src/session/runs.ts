/** The run on the page: making one, showing one, leaving one, and what of it is watched. */
import type { CheckResult, RunSpec, RunView } from '../generated/schemas';
import type { Notice, PageStore } from '../stores/page';
import { RunRecord } from '../stores/record';
import { decodeRecorded } from '../wire/decode';
import { type Control, type Rest, Unreachable } from '../wire/rest';
import type { Stream } from '../wire/stream';
import { isSame } from './canonical';
import { complete } from './complete';
import { report } from './notices';

const ACTIVE = new Set(['queued', 'running', 'paused']);
/** Probes whose past is fetched once they are on the screen, for the panels that draw it through time. */
const DRAWN_THROUGH_TIME = new Set([
  ...['activations', 'activation_gradients', 'weights', 'weight_gradients', 'updates'],
  ...['gradient_norms', 'optimizer_state', 'norm_statistics', 'sampled_text'],
]);
const MOST_RECORDED = 100;
/** So long the pictures of the run before may stand until a new one has its own. */
const AWAITED_MS = 1000;

export interface Wire {
  readonly rest: Rest;
  readonly stream: Pick<Stream, 'connect' | 'subscribe' | 'unsubscribe' | 'retryNow' | 'close'>;
  /** Writes the run into the address bar. */
  readonly showAddress?: (hash: string) => void;
}

/** True while a worker trains it, or will. */
export const isActive = (record: RunRecord | null): record is RunRecord =>
  record !== null && ACTIVE.has(record.progress.status);

const isUntrained = ({ progress }: RunRecord): boolean => progress.step === 0 && progress.status === 'paused';

export class Runs {
  readonly #page: PageStore;
  readonly #wire: Wire;
  #probes: readonly string[] = [];
  /** Probes by run whose past is here or on its way. */
  readonly #recalled = new WeakMap<RunRecord, Set<string>>();
  /** True from another experiment being put on the page until its run is made: nothing stands behind it. */
  #startsAfresh = false;
  /** The spec that the run has, as far as the page knows. */
  applied: RunSpec | null = null;

  constructor(page: PageStore, wire: Wire) {
    this.#page = page;
    this.#wire = wire;
  }

  get record(): RunRecord | null {
    return this.#page.getState().record;
  }

  /** The next run belongs to another experiment. */
  startAfresh(): void {
    this.#startsAfresh = true;
    const openings = this.#page.getState().openings + 1;
    this.#page.setState({ ghost: null, selected: null, sample: 0, confirmed: {}, notice: null, openings });
  }

  /**
   * A new run; the old one is stopped, and stays as a ghost if it ever trained. A spec with problems makes none and
   * leaves the old one as it is: then its check comes.
   */
  async make(spec: RunSpec, start: boolean): Promise<RunRecord | CheckResult> {
    const old = this.record;
    const replaces = isActive(old) && !isUntrained(old) ? old.id : undefined;
    if (old) old.leftAt = performance.now();
    const view = await this.#wire.rest.create(spec, { start, key: crypto.randomUUID(), replaces });
    if (!('status' in view)) {
      if (old) old.leftAt = Number.NEGATIVE_INFINITY;
      return view;
    }
    const ghost = this.#ghostOf(old, spec);
    this.applied = spec;
    const record = this.#show(view, old ? AWAITED_MS : 0);
    this.#page.setState({ confirmed: {}, refused: [], ghost });
    if (old && !replaces) void this.leave(old);
    return record;
  }

  /** Makes a run that goes on from a checkpoint of another one. One that rests makes one that rests. */
  fork(from: RunRecord, atStep: number | null, changes: Readonly<Record<string, unknown>>): Promise<RunView> {
    const start = from.progress.status !== 'paused';
    const wish = { at_step: atStep, changes: { ...changes } };
    return this.#wire.rest.fork(from.id, wish, { start, key: crypto.randomUUID() });
  }

  /** Shows a run that is there already. */
  attach(view: RunView): RunSpec {
    this.applied = complete(view.spec);
    this.#show(view);
    return this.applied;
  }

  /** Ends a run that the page has no more use for; one that never trained leaves nothing behind. */
  async leave(old: RunRecord, { onlyUntrained = false } = {}): Promise<void> {
    try {
      if (isUntrained(old)) await this.#wire.rest.remove(old.id);
      else if (!onlyUntrained && isActive(old)) await this.#wire.rest.control(old.id, 'stop');
    } catch (error) {
      if (error instanceof Unreachable) report(this.#page, error);
      // A refusal says that it is gone already, which is what was wanted.
    }
  }

  /** Pauses, resumes or stops; the answer comes when it is done, and is shown at once. */
  async command(record: RunRecord, control: Control): Promise<void> {
    record.setView(await this.#wire.rest.control(record.id, control));
  }

  async step(record: RunRecord, count: number): Promise<void> {
    record.setView(await this.#wire.rest.step(record.id, count));
  }

  /** Which probes are on the screen: the server measures just these. */
  watch(probes: readonly string[]): void {
    const sorted = [...new Set(probes)].sort();
    if (sorted.join() === this.#probes.join()) return;
    this.#probes = sorted;
    this.subscribe();
    if (this.record) void this.#recall(this.record);
  }

  subscribe(): void {
    const { record, sample } = this.#page.getState();
    if (record) this.#wire.stream.subscribe(record.id, { probes: this.#probes, sample, lastSeq: () => record.seq });
  }

  /** What only the server knows of a run that has ended: whether it can go on, when it ended. */
  async refresh(record: RunRecord): Promise<void> {
    const view = await this.#wire.rest.run(record.id).catch(() => undefined);
    if (view) record.setView(view);
    await this.list();
  }

  async list(): Promise<void> {
    const list = await this.#wire.rest.runs().catch(() => undefined);
    if (list) this.#page.setState({ runs: list.runs });
  }

  #show(view: RunView, awaitedMs = 0): RunRecord {
    const old = this.record;
    const record = new RunRecord(view.id);
    record.setView(view);
    record.awaitedUntil = performance.now() + awaitedMs;
    // A run without a message yet is all in its view.
    if (view.last_seq === 0) record.seq = 0;
    this.#page.setState({
      record,
      viewStep: null,
      check: view.check,
      checked: this.applied,
      isChecking: false,
      notice: this.#noticeOver(),
    });
    this.subscribe();
    if (old) this.#wire.stream.unsubscribe(old.id);
    this.tellAddress();
    void this.#recall(record);
    return record;
  }

  /** Writes the run into the address bar. */
  tellAddress(): void {
    if (this.record) this.#wire.showAddress?.(`#run=${this.record.id}`);
  }

  /** What was said of the run before is over, but for what led to this one, and what can still be taken back. */
  #noticeOver(): Notice | null {
    const { notice } = this.#page.getState();
    if (notice?.outlastsRun) return { ...notice, outlastsRun: false };
    return notice?.action && notice.outlastsRun === undefined ? notice : null;
  }

  /** Fetches what was recorded, before the page looked, of the probes that are watched and drawn through time. */
  async #recall(record: RunRecord): Promise<void> {
    const known = this.#recalled.get(record) ?? new Set();
    this.#recalled.set(record, known);
    const wanted = this.#probes.filter((probe) => DRAWN_THROUGH_TIME.has(probe) && !known.has(probe));
    for (const probe of wanted) known.add(probe);
    // What is watched from the first step on comes by itself.
    if (record.progress.step === 0) return;
    for (const probe of wanted) {
      try {
        const recorded = await this.#wire.rest.recorded(record.id, probe, MOST_RECORDED);
        record.frames.recall(probe, decodeRecorded(recorded, record.id));
      } catch {
        // What was recorded earlier is missing from a picture; what comes live is drawn all the same.
      }
    }
  }

  /** The run that is drawn behind a new one: what went before, where both learn the same thing in the same measure. */
  #ghostOf(old: RunRecord | null, spec: RunSpec): RunRecord | null {
    const before = old?.view?.spec;
    const isAlike = before && before.data.dataset === spec.data.dataset && isSame(before.loss, spec.loss);
    const isAfresh = this.#startsAfresh;
    this.#startsAfresh = false;
    if (!isAlike || isAfresh) return null;
    // A run that never trained shows nothing; what stood behind it stays.
    return old.progress.step > 0 ? old : this.#page.getState().ghost;
  }
}
