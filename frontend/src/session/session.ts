/**
 * Joins the wire and the stores: what the page does happens here, and what the server says arrives here.
 *
 * The page always has a run: at first and after each restart one that waits at step 0 with its weights initialised, so
 * that there is something true to look at before training, and so that Train has nothing left to prepare.
 */
import type { Kind, RunSpec, RunView, ServerMessage } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { PageStore } from '../stores/page';
import { RunRecord } from '../stores/record';
import { decodeRecorded } from '../wire/decode';
import { Refused, type Rest, Unreachable } from '../wire/rest';
import type { Stream } from '../wire/stream';
import type { DecodedFrame } from '../words/frames';
import { readAddress } from './address';
import { difference, pathsOf } from './difference';

const ACTIVE = new Set(['queued', 'running', 'paused']);
const CHECK_AFTER_MS = 120;
const RESTART_AFTER_MS = 250;
/** Probes whose past is fetched when a run is opened, for the panels that draw it through time. */
const DRAWN_THROUGH_TIME = ['activations', 'weights', 'weight_gradients'];
const MOST_RECORDED = 100;

export interface Wire {
  readonly rest: Rest;
  readonly stream: Pick<Stream, 'connect' | 'subscribe' | 'unsubscribe' | 'retryNow' | 'close'>;
}

export class Session {
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #rest: Rest;
  readonly #stream: Wire['stream'];
  /** The spec that the run has, or is being given. */
  #applied: RunSpec | null = null;
  #probes: readonly string[] = [];
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #previewed = '';
  /** Calls that change the run go one after another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(page: PageStore, draft: DraftStore, wire: Wire) {
    this.#page = page;
    this.#draft = draft;
    this.#rest = wire.rest;
    this.#stream = wire.stream;
    draft.subscribe((now, before) => {
      if (now.spec && now.spec !== before.spec) this.#edited(now.spec);
    });
  }

  /** Opens the page: on the run or spec of the address, else on a run that is under way, else on the first experiment. */
  async open(hash: string): Promise<void> {
    try {
      const [catalog, list] = await Promise.all([this.#rest.catalog(), this.#rest.runs()]);
      this.#page.setState({ access: 'open', catalog, runs: list.runs });
      this.#stream.connect();
      const address = readAddress(hash);
      const named = address && 'run' in address ? address.run : undefined;
      const found = named ? await this.#rest.run(named).catch(() => undefined) : undefined;
      if (named && !found)
        this.#say('warning', 'That run is not here.', 'It was deleted, or belongs to another server.');
      const run = found ?? (address && 'spec' in address ? undefined : list.runs.find((one) => ACTIVE.has(one.status)));
      if (run) this.#attach(run);
      else this.startFrom(address && 'spec' in address ? address.spec : (catalog.experiments[0]?.spec as RunSpec));
    } catch (error) {
      this.#page.setState({ access: error instanceof Refused && error.status === 401 ? 'signed_out' : 'gone' });
    }
  }

  /** Puts another experiment on the page. */
  startFrom(spec: RunSpec): void {
    this.#page.setState({ ghost: null, selected: null, sample: 0, confirmed: {} });
    this.#draft.getState().set(spec);
    this.#draft.temporal.getState().clear();
  }

  /** Shows a run of this server. */
  async openRun(id: string): Promise<void> {
    await this.#try(async () => {
      const view = await this.#rest.run(id);
      this.#page.setState({ ghost: null, selected: null, sample: 0 });
      this.#attach(view);
      this.#draft.temporal.getState().clear();
    });
  }

  /** Which probes are on the screen: the server measures just these. */
  watch(probes: readonly string[]): void {
    const sorted = [...new Set(probes)].sort();
    if (sorted.join() === this.#probes.join()) return;
    this.#probes = sorted;
    this.#subscribe();
  }

  /** Chooses the validation sample that the pictures show. */
  showSample(index: number): void {
    const count = this.#page.getState().check?.data?.num_validation ?? 1;
    this.#page.setState({ sample: ((index % count) + count) % count });
    this.#subscribe();
  }

  /** Train, go on, or train anew when the run has ended. */
  train(): Promise<void> {
    return this.#control(async (record) => {
      const status = record?.progress.status;
      if (record && (status === 'paused' || this.#canGoOn(record))) await this.#rest.control(record.id, 'resume');
      else if (!record || !ACTIVE.has(status ?? '')) await this.#restart(true);
    });
  }

  pause(): Promise<void> {
    return this.#control(async (record) => {
      if (record?.progress.status === 'running') await this.#rest.control(record.id, 'pause');
    });
  }

  toggle(): Promise<void> {
    return this.#page.getState().record?.progress.status === 'running' ? this.pause() : this.train();
  }

  step(count: number): Promise<void> {
    return this.#control(async (record) => {
      let run = record;
      if (run?.progress.status === 'running') await this.#rest.control(run.id, 'pause');
      if (!run || !ACTIVE.has(run.progress.status)) run = await this.#restart(false);
      if (run) await this.#rest.step(run.id, count);
    });
  }

  stop(): Promise<void> {
    return this.#control(async (record) => {
      if (record && ACTIVE.has(record.progress.status)) await this.#rest.control(record.id, 'stop');
    });
  }

  /** Back to step 0 with the same seed: the same weights again. */
  reset(): Promise<void> {
    return this.#control(async () => {
      await this.#restart(false);
      this.#page.setState({ ghost: null });
    });
  }

  retryConnection(): void {
    if (this.#page.getState().access === 'gone') void this.open(location.hash);
    else this.#stream.retryNow();
  }

  async refreshRuns(): Promise<void> {
    const list = await this.#rest.runs().catch(() => undefined);
    if (list) this.#page.setState({ runs: list.runs });
  }

  /** A message of the stream. */
  read(message: ServerMessage): void {
    const { record } = this.#page.getState();
    if (message.type === 'deleted' && message.run === record?.id) {
      this.#say('info', 'This run was deleted.', 'The experiment is still here.');
    } else if (message.type === 'error') {
      this.#say('error', message.message, message.hint ?? '');
    } else if (record?.apply(message) === false) {
      record.seq = null;
      this.#subscribe();
    }
  }

  readFrame(frame: DecodedFrame): void {
    const { record } = this.#page.getState();
    if (frame.run === record?.id) record.frames.push(frame);
  }

  // --- edits -------------------------------------------------------------------------------------------------------

  #edited(spec: RunSpec): void {
    clearTimeout(this.#checkTimer);
    this.#page.setState({ isChecking: true });
    this.#checkTimer = setTimeout(() => void this.#check(spec), CHECK_AFTER_MS);
    if (this.#applied === spec) return;
    const { record } = this.#page.getState();
    const found =
      this.#applied && record && ACTIVE.has(record.progress.status)
        ? difference(this.#applied, spec, (index) => this.#nodeId(index), this.#isLive)
        : ({ kind: 'restart' } as const);
    if (found.kind === 'none') return;
    if (found.kind === 'live' && record) {
      this.#applied = spec;
      void this.#change(record, spec, found.change);
      return;
    }
    clearTimeout(this.#restartTimer);
    const isRunning = record?.progress.status === 'running';
    this.#restartTimer = setTimeout(() => void this.#control(() => this.#restart(isRunning)), RESTART_AFTER_MS);
  }

  async #check(spec: RunSpec): Promise<void> {
    try {
      const { data, graph, init, loss } = spec;
      const check = await this.#rest.check({ data, graph, init, loss });
      if (this.#draft.getState().spec === spec) this.#page.setState({ check, isChecking: false, refused: [] });
    } catch (error) {
      if (this.#draft.getState().spec !== spec) return;
      this.#page.setState({ isChecking: false, ...(error instanceof Refused ? { refused: error.problems } : {}) });
    }
    await this.#preview(spec);
  }

  async #preview(spec: RunSpec): Promise<void> {
    const key = JSON.stringify([
      spec.data.dataset,
      spec.data.params,
      spec.data.validation_fraction,
      spec.training.seed,
    ]);
    if (key === this.#previewed) return;
    this.#previewed = key;
    try {
      const preview = await this.#rest.preview({ data: spec.data, seed: spec.training.seed, num_samples: 20 });
      this.#page.setState({ preview, previewProblem: null });
    } catch (error) {
      this.#previewed = '';
      if (error instanceof Refused) this.#page.setState({ preview: null, previewProblem: error.message });
    }
  }

  async #change(record: RunRecord, spec: RunSpec, change: Parameters<Rest['change']>[1]): Promise<void> {
    await this.#inTurn(async () => {
      try {
        const view = await this.#rest.change(record.id, change);
        const since = Object.fromEntries(pathsOf(change).map((path) => [path, view.step]));
        this.#page.setState({ confirmed: { ...this.#page.getState().confirmed, ...since }, refused: [] });
      } catch (error) {
        if (this.#applied === spec && error instanceof Refused) this.#page.setState({ refused: error.problems });
        this.#report(error);
      }
    });
  }

  // --- runs --------------------------------------------------------------------------------------------------------

  /** A new run of the draft; the old one is stopped, and stays as a ghost if it ever trained. */
  async #restart(start: boolean): Promise<RunRecord | null> {
    clearTimeout(this.#restartTimer);
    const spec = this.#draft.getState().spec;
    const old = this.#page.getState().record;
    if (!spec) return null;
    const view = await this.#rest.create(spec, { start, key: crypto.randomUUID() });
    this.#applied = spec;
    const record = this.#show(view);
    this.#page.setState({ confirmed: {}, ...(old && old.progress.step > 0 ? { ghost: old } : {}) });
    if (old) void this.#leave(old);
    return record;
  }

  /** Ends a run that the page has no more use for; one that never trained leaves nothing behind. */
  async #leave(old: RunRecord): Promise<void> {
    try {
      if (old.progress.step === 0 && old.progress.status === 'paused') await this.#rest.remove(old.id);
      else if (ACTIVE.has(old.progress.status)) await this.#rest.control(old.id, 'stop');
    } catch (error) {
      if (error instanceof Unreachable) this.#report(error);
      // A refusal says that it has ended already, which is what was wanted.
    }
  }

  #attach(view: RunView): void {
    this.#applied = view.spec;
    this.#show(view);
    this.#draft.getState().set(view.spec);
  }

  #show(view: RunView): RunRecord {
    const old = this.#page.getState().record;
    if (old) this.#stream.unsubscribe(old.id);
    const record = new RunRecord(view.id);
    record.setView(view);
    this.#page.setState({ record, check: view.check, notice: null });
    this.#subscribe();
    if (view.step > 0) void this.#recall(record);
    return record;
  }

  #subscribe(): void {
    const { record, sample } = this.#page.getState();
    if (record) this.#stream.subscribe(record.id, { probes: this.#probes, sample, lastSeq: () => record.seq });
  }

  async #recall(record: RunRecord): Promise<void> {
    for (const probe of DRAWN_THROUGH_TIME) {
      try {
        record.frames.recall(probe, decodeRecorded(await this.#rest.recorded(record.id, probe, MOST_RECORDED)));
      } catch {
        // What was recorded earlier is missing from a picture; what comes live is drawn all the same.
      }
    }
  }

  #canGoOn(record: RunRecord): boolean {
    return record.progress.status === 'interrupted' && record.view?.resumable === true;
  }

  // --- the way to the server ---------------------------------------------------------------------------------------

  #control(act: (record: RunRecord | null) => Promise<unknown>): Promise<void> {
    return this.#inTurn(async () => {
      this.#page.setState({ isBusy: true });
      await this.#try(() => act(this.#page.getState().record));
      this.#page.setState({ isBusy: false });
      void this.refreshRuns();
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(act, act);
    this.#queue = turn;
    return turn;
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (error instanceof Refused) {
      if (error.status === 401) this.#page.setState({ access: 'signed_out' });
      const first = error.problems[0];
      this.#say('error', first?.message ?? error.message, first?.hint ?? '');
    } else if (error instanceof Unreachable) {
      this.#say('warning', 'Layerlab does not answer.', 'What you did last may not have reached it.');
    } else throw error;
  }

  #say(severity: 'info' | 'warning' | 'error', title: string, text: string): void {
    this.#page.setState({ notice: { severity, title, text } });
  }

  #nodeId(index: number): string {
    return this.#page.getState().record?.view?.check.nodes[index]?.id ?? '';
  }

  #isLive = (kind: string, field: string): boolean => {
    const layer = this.#page.getState().catalog?.kinds.find((one: Kind) => one.family === 'layer' && one.kind === kind);
    const fields = layer?.fields.properties as Record<string, Record<string, unknown>> | undefined;
    return fields?.[field]?.['x-live'] === true;
  };
}
