/**
 * Joins the wire and the stores: what the page does happens here, and what the server says arrives here.
 *
 * The page always has a run: at first and after each restart one that waits at step 0 with its weights initialised, so
 * that there is something true to look at before training, and so that Train has nothing left to prepare.
 */
import type { RunSpec, RunView, ServerMessage } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { PageStore } from '../stores/page';
import { RunRecord } from '../stores/record';
import { decodeRecorded } from '../wire/decode';
import { Refused, type Rest, Unreachable } from '../wire/rest';
import type { Stream } from '../wire/stream';
import type { ConnectionState } from '../words/connection';
import type { EditPhase } from '../words/edit';
import type { DecodedFrame } from '../words/frames';
import { readAddress } from './address';
import { Checking } from './checking';
import { complete } from './complete';
import { difference, pathsOf } from './difference';
import { report, say } from './notices';

const ACTIVE = new Set(['queued', 'running', 'paused']);
const SETTLES_AFTER_MS = 160;
const OPEN_AGAIN_AFTER_MS = 3000;
/** Probes whose past is fetched when a run is opened, for the panels that draw it through time. */
const DRAWN_THROUGH_TIME = ['activations', 'weights', 'weight_gradients'];
const MOST_RECORDED = 100;

export interface Wire {
  readonly rest: Rest;
  readonly stream: Pick<Stream, 'connect' | 'subscribe' | 'unsubscribe' | 'retryNow' | 'close'>;
  /** Writes the run into the address bar. */
  readonly showAddress?: (hash: string) => void;
}

export class Session {
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #rest: Rest;
  readonly #stream: Wire['stream'];
  readonly #showAddress: (hash: string) => void;
  readonly #checking: Checking;
  /** The spec that the run has. */
  #applied: RunSpec | null = null;
  /**
   * Whether the draft needs a new run: one that trains at once, one that waits at step 0, or one only when it is asked
   * for, because the run that is shown has ended and differs just in what could have changed live.
   */
  #restartDue: 'no' | 'asked' | 'wait' | 'train' = 'no';
  #isSending = false;
  #probes: readonly string[] = [];
  #settles: ReturnType<typeof setTimeout> | undefined;
  /** Calls that change the run go one after another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(page: PageStore, draft: DraftStore, wire: Wire) {
    this.#page = page;
    this.#draft = draft;
    this.#rest = wire.rest;
    this.#stream = wire.stream;
    this.#showAddress = wire.showAddress ?? (() => {});
    this.#checking = new Checking(page, draft, wire.rest);
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
      if (address && 'spec' in address) return this.startFrom(address.spec);
      const found = address ? await this.#rest.run(address.run).catch(() => undefined) : undefined;
      if (address && !found) {
        say(this.#page, 'warning', 'That run is not here.', 'It was deleted, or belongs to another server.');
      }
      const run = found ?? list.runs.find((one) => ACTIVE.has(one.status));
      if (run) this.#attach(run);
      else this.startFrom(catalog.experiments[0]?.spec);
    } catch (error) {
      const isSignedOut = error instanceof Refused && error.status === 401;
      this.#page.setState({ access: isSignedOut ? 'signed_out' : 'gone' });
      if (!isSignedOut)
        setTimeout(() => this.#page.getState().access === 'gone' && void this.open(hash), OPEN_AGAIN_AFTER_MS);
    }
  }

  /** Puts another experiment on the page. */
  startFrom(spec: unknown): void {
    const whole = complete(spec);
    this.#page.setState({ ghost: null, selected: null, sample: 0, confirmed: {}, notice: null });
    this.#draft.getState().set(whole);
    this.#draft.temporal.getState().clear();
  }

  /** Shows a run of this server. */
  async openRun(id: string): Promise<void> {
    await this.#try(async () => {
      const view = await this.#rest.run(id);
      const { record } = this.#page.getState();
      if (record && record.id !== id) void this.#leave(record, { onlyUntrained: true });
      this.#page.setState({ ghost: null, selected: null, sample: 0, confirmed: {} });
      this.#attach(view);
    });
  }

  /** Changes the experiment. The moves of one drag are one edit, which is undone as one. */
  edit(change: (spec: RunSpec) => RunSpec, phase: EditPhase = 'single'): void {
    const history = this.#draft.temporal.getState();
    if (phase === 'single' || phase === 'begin') history.resume();
    this.#draft.getState().edit(change);
    if (phase === 'begin') history.pause();
    if (phase === 'end') history.resume();
  }

  undo(): void {
    this.#draft.temporal.getState().undo();
  }

  redo(): void {
    this.#draft.temporal.getState().redo();
  }

  setSpeed(speed: number | null): void {
    this.edit((spec) => ({ ...spec, training: { ...spec.training, max_steps_per_second: speed } }));
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
      const isAsDrafted = this.#restartDue === 'no';
      if (record && isAsDrafted && (status === 'paused' || this.canGoOn(record))) {
        await this.#rest.control(record.id, 'resume');
      } else if (!record || !isAsDrafted || !ACTIVE.has(status ?? '')) await this.#restart(true);
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
      if (!run || this.#restartDue !== 'no' || !ACTIVE.has(run.progress.status)) run = await this.#restart(false);
      if (run) await this.#rest.step(run.id, count);
    });
  }

  stop(): Promise<void> {
    return this.#control(async (record) => {
      if (record && ACTIVE.has(record.progress.status)) await this.#rest.control(record.id, 'stop');
    });
  }

  /** Goes on with a run that was stopped or interrupted, from its last checkpoint. */
  goOn(): Promise<void> {
    return this.#control(async (record) => {
      if (record) await this.#rest.control(record.id, 'resume');
    });
  }

  /** Back to step 0 with the same seed: the same weights again. */
  reset(): Promise<void> {
    return this.#control(() => this.#restart(false));
  }

  /** True where training can go on from a checkpoint. */
  canGoOn(record: RunRecord): boolean {
    return record.progress.status === 'interrupted' && record.view?.resumable === true;
  }

  retryConnection(): void {
    if (this.#page.getState().access === 'open') this.#stream.retryNow();
    else void this.open(location.hash);
  }

  async refreshRuns(): Promise<void> {
    const list = await this.#rest.runs().catch(() => undefined);
    if (list) this.#page.setState({ runs: list.runs });
  }

  /** A message of the stream. */
  read(message: ServerMessage): void {
    const { record } = this.#page.getState();
    if (message.type === 'deleted' && message.run === record?.id) {
      say(this.#page, 'info', 'This run was deleted.', 'The experiment is still here.');
    } else if (message.type === 'error') {
      say(this.#page, 'error', message.message, message.hint ?? '');
    } else if (record?.apply(message) === false) {
      record.seq = null;
      this.#subscribe();
    }
  }

  readFrame(frame: DecodedFrame): void {
    const { record } = this.#page.getState();
    if (frame.run === record?.id) record.frames.push(frame);
  }

  /** The connection changed. A page that cannot come back may have lost its login, which only a call can tell. */
  connectionChanged(connection: ConnectionState): void {
    this.#page.setState({ connection });
    this.#page.getState().record?.setStale(connection.state !== 'connected');
    if (connection.state === 'lost' && connection.tries > 1) {
      this.#rest.runs(1).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 401) this.#page.setState({ access: 'signed_out' });
      });
    }
  }

  // --- edits -------------------------------------------------------------------------------------------------------

  #edited(spec: RunSpec): void {
    clearTimeout(this.#settles);
    this.#page.setState({ isChecking: true });
    this.#settles = setTimeout(() => void this.#settled(spec), SETTLES_AFTER_MS);
    if (this.#applied === spec) return;
    const { record } = this.#page.getState();
    const found = this.#differenceFrom(this.#applied, spec);
    const hasEnded = !record || !ACTIVE.has(record.progress.status);
    if (found.kind === 'restart') {
      const trains = record?.progress.status === 'running' || this.#restartDue === 'train';
      this.#restartDue = trains ? 'train' : 'wait';
    } else {
      this.#restartDue = hasEnded && found.kind === 'live' ? 'asked' : 'no';
      if (!hasEnded) void this.#sendChanges();
    }
  }

  /** The draft has not moved for a moment: check it, and build what needs a new run. A broken draft builds nothing. */
  async #settled(spec: RunSpec): Promise<void> {
    void this.#checking.preview(spec);
    const check = await this.#checking.check(spec);
    const isDue = (): boolean => this.#restartDue === 'train' || this.#restartDue === 'wait';
    if (!check?.ok || !isDue()) return;
    await this.#control(async () => {
      if (isDue() && this.#draft.getState().spec === spec) await this.#restart(this.#restartDue === 'train');
    });
  }

  /** Brings the run to the draft, one call at a time: what changes meanwhile goes with the next one. */
  async #sendChanges(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (await this.#sendOnce());
    } catch (error) {
      report(this.#page, error);
    } finally {
      this.#isSending = false;
    }
  }

  async #sendOnce(): Promise<boolean> {
    const { record } = this.#page.getState();
    const spec = this.#draft.getState().spec;
    const found = this.#differenceFrom(this.#applied, spec);
    if (!record || !spec || found.kind !== 'live') return false;
    const before = this.#applied;
    this.#applied = spec;
    try {
      const view = await this.#rest.change(record.id, found.change);
      const since = Object.fromEntries(pathsOf(found.change).map((path) => [path, view.step]));
      const { record: now, confirmed } = this.#page.getState();
      if (now === record) this.#page.setState({ confirmed: { ...confirmed, ...since }, refused: [] });
    } catch (error) {
      if (this.#applied === spec) this.#applied = before;
      throw error;
    }
    return this.#draft.getState().spec !== spec;
  }

  #differenceFrom(before: RunSpec | null, after: RunSpec | null): ReturnType<typeof difference> {
    if (!before || !after) return { kind: 'restart' };
    return difference(before, after, (index) => this.#nodeId(index), this.#isLive);
  }

  // --- runs --------------------------------------------------------------------------------------------------------

  /** A new run of the draft; the old one is stopped, and stays as a ghost if it ever trained. */
  async #restart(start: boolean): Promise<RunRecord | null> {
    const spec = this.#draft.getState().spec;
    const old = this.#page.getState().record;
    if (!spec) return null;
    const view = await this.#rest.create(spec, { start, key: crypto.randomUUID() });
    this.#restartDue = 'no';
    this.#applied = spec;
    const record = this.#show(view);
    this.#page.setState({ confirmed: {}, refused: [], ...(old && old.progress.step > 0 ? { ghost: old } : {}) });
    if (old) void this.#leave(old);
    // The draft may have moved while the run was made.
    const now = this.#draft.getState().spec;
    if (now && now !== spec) this.#edited(now);
    return record;
  }

  /** Ends a run that the page has no more use for; one that never trained leaves nothing behind. */
  async #leave(old: RunRecord, { onlyUntrained = false } = {}): Promise<void> {
    try {
      if (old.progress.step === 0 && old.progress.status === 'paused') await this.#rest.remove(old.id);
      else if (!onlyUntrained && ACTIVE.has(old.progress.status)) await this.#rest.control(old.id, 'stop');
    } catch (error) {
      if (error instanceof Unreachable) report(this.#page, error);
      // A refusal says that it has ended already, which is what was wanted.
    }
  }

  #attach(view: RunView): void {
    const spec = complete(view.spec);
    this.#applied = spec;
    this.#restartDue = 'no';
    this.#show(view);
    this.#draft.getState().set(spec);
    this.#draft.temporal.getState().clear();
  }

  #show(view: RunView): RunRecord {
    const old = this.#page.getState().record;
    if (old) this.#stream.unsubscribe(old.id);
    const record = new RunRecord(view.id);
    record.setView(view);
    this.#page.setState({ record, check: view.check, checked: this.#applied, notice: null });
    this.#showAddress(`#run=${view.id}`);
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

  // --- the way to the server ---------------------------------------------------------------------------------------

  #control(act: (record: RunRecord | null) => Promise<unknown>): Promise<void> {
    const turn = this.#queue.then(async () => {
      this.#page.setState({ isBusy: true });
      await this.#try(() => act(this.#page.getState().record));
      this.#page.setState({ isBusy: false });
      void this.refreshRuns();
    });
    this.#queue = turn;
    return turn;
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      report(this.#page, error);
    }
  }

  #nodeId(index: number): string {
    return this.#page.getState().record?.view?.check.nodes[index]?.id ?? '';
  }

  #isLive = (kind: string, field: string): boolean => {
    const kinds = this.#page.getState().catalog?.kinds ?? [];
    const layer = kinds.find((one) => one.family === 'layer' && (one.kind === kind || one.aliases.includes(kind)));
    const fields = layer?.fields.properties as Record<string, Record<string, unknown>> | undefined;
    return fields?.[field]?.['x-live'] === true;
  };
}
