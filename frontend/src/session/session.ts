/**
 * Joins the wire and the stores: what the page does happens here, and what the server says arrives here.
 *
 * The page always has a run: at first and after each restart one that waits at step 0 with its weights initialised, so
 * that there is something true to look at before training, and so that Train has nothing left to prepare.
 */
import type { Recording, Remedy, RunSpec, RunView, ServerMessage } from '../generated/schemas';
import { AnalysisStore } from '../stores/analyses';
import type { DraftStore } from '../stores/draft';
import type { PageStore } from '../stores/page';
import type { RunRecord } from '../stores/record';
import { SampleStore } from '../stores/samples';
import { Refused } from '../wire/rest';
import type { ConnectionState } from '../words/connection';
import type { EditPhase } from '../words/edit';
import type { DecodedFrame } from '../words/frames';
import { readAddress, withLesson } from './address';
import { AnalysisErrands } from './analyses';
import { AugmentErrands } from './augmenting';
import { changesBetween } from './changes';
import { complete, NotASpec } from './complete';
import { DatasetErrands } from './datasets';
import { Edits } from './edits';
import { Following } from './following';
import { LessonErrands } from './lessons';
import { report, say } from './notices';
import { Questions } from './questions';
import { Refining } from './refining';
import { wayOf, withChanges } from './remedies';
import { isActive, Runs, type Wire } from './runs';
import { SampleErrands } from './samples';
import { Showing } from './showing';
import { Travel } from './travel';
import { UploadErrands } from './uploading';
import { WeightErrands } from './weights';

/** What a fork is to be: where it leaves the run, null for its newest state, and new values by path of the spec. */
export interface Fork {
  readonly atStep: number | null;
  readonly changes: Readonly<Record<string, unknown>>;
}

const OPEN_AGAIN_AFTER_MS = 3000;
/** The list of runs is renewed when the hand rests; where it is opened, at once. */
const LISTS_AFTER_MS = 1500;
const ACTIVE = new Set<RunView['status']>(['queued', 'running', 'paused']);

export class Session {
  /** Which step every panel shows. */
  readonly travel: Travel;
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #wire: Wire;
  readonly #runs: Runs;
  readonly #following: Following;
  readonly #showing: Showing;
  readonly #edits: Edits;
  /** What is computed on copies of the run when a panel asks for it. */
  readonly analyses: AnalysisErrands;
  /** Single samples of the data, as they are looked through. */
  readonly samples: SampleErrands;
  /** Files of data on the server. */
  readonly datasets: DatasetErrands;
  /** What augmentations make of samples. */
  readonly augmenting: AugmentErrands;
  /** The lesson beside the experiment. */
  readonly lessons: LessonErrands;
  /** Weights that are set by hand. */
  readonly weights: WeightErrands;
  /** Questions that change nothing. */
  readonly ask: Questions;
  /** Curves that get more points where somebody looks closer. */
  readonly refining: Refining;
  /** Files on their way to the server. */
  readonly uploading = new UploadErrands(
    (upload) => this.datasets.added(upload),
    (ends) => this.datasets.store.getState().limits[ends],
  );
  #lists: ReturnType<typeof setTimeout> | undefined;
  /** Calls that change the run go one after another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(page: PageStore, draft: DraftStore, wire: Wire) {
    this.#page = page;
    this.#draft = draft;
    this.#wire = wire;
    const showAddress = (hash: string) => wire.showAddress?.(withLesson(hash, this.lessons.store.getState().open));
    this.#runs = new Runs(page, { ...wire, showAddress });
    this.travel = new Travel(page, wire.rest);
    this.#following = new Following(page, draft, wire.rest, this.#runs, this.#inTurn);
    this.#showing = new Showing(draft, wire.rest, this.#runs, this.#following);
    this.#edits = new Edits(draft, this.#following);
    this.ask = new Questions(wire.rest);
    this.refining = new Refining(wire.rest);
    this.analyses = new AnalysisErrands(new AnalysisStore(), wire.rest);
    this.samples = new SampleErrands(new SampleStore(), wire.rest);
    this.datasets = new DatasetErrands(page, wire.rest, (dataset) => this.#following.dataCame(dataset));
    this.augmenting = new AugmentErrands(wire.rest);
    this.lessons = new LessonErrands(page, wire.rest, {
      showing: this.#showing,
      replace: (spec) => {
        this.#following.anew();
        this.edit(() => complete(spec));
      },
      train: () => this.train(),
      inTurn: (act) => this.#inTurn(act),
      tellAddress: () => this.#runs.tellAddress(),
    });
    page.subscribe(({ record }) => this.analyses.begin(record?.id ?? null));
    this.weights = new WeightErrands(page, draft, wire.rest, this.#inTurn);
  }

  // --- what is on the page -----------------------------------------------------------------------------------------

  /** Opens the page: on the run or spec of the address, else on a run that is under way, else on the first experiment. */
  async open(hash: string): Promise<void> {
    const { rest, stream } = this.#wire;
    try {
      const [catalog, list] = await Promise.all([rest.catalog(), rest.runs()]);
      this.#page.setState({ access: 'open', catalog, runs: list.runs });
      stream.connect();
      void this.lessons.list();
      await this.#openAt(hash, list.runs, catalog.experiments[0]?.spec);
    } catch (error) {
      if (error instanceof NotASpec) throw error;
      const isSignedOut = error instanceof Refused && error.status === 401;
      this.#page.setState({ access: isSignedOut ? 'signed_out' : 'gone' });
      if (isSignedOut) return;
      setTimeout(() => this.#page.getState().access === 'gone' && void this.open(hash), OPEN_AGAIN_AFTER_MS);
    }
  }

  async #openAt(hash: string, runs: readonly RunView[], first: RunSpec | undefined): Promise<void> {
    const address = readAddress(hash);
    if (address && 'lesson' in address) {
      const isOpen = await this.lessons.open(address.lesson, address.run);
      if (!isOpen && !this.#draft.getState().spec) this.#showing.begin(first);
      return;
    }
    this.lessons.leave();
    if (address && 'spec' in address) {
      try {
        return this.startFrom(address.spec);
      } catch (error) {
        if (!(error instanceof NotASpec)) throw error;
        say(this.#page, 'warning', 'That link holds no experiment that can be read.', error.message);
      }
    }
    const named = address && 'run' in address ? address.run : null;
    const found = named ? await this.#wire.rest.run(named).catch(() => undefined) : undefined;
    const run = found ?? runs.find((one) => ACTIVE.has(one.status));
    if (run) this.#showing.attach(run);
    else this.startFrom(first);
    if (named && !found) {
      await this.#queue; // a new run takes notices away
      say(this.#page, 'warning', 'That run is not here.', 'It was deleted, or belongs to another server.');
    }
  }

  /** Puts another experiment on the page; a lesson that is open has no say in it, and closes. */
  startFrom(spec: unknown): void {
    this.lessons.leave();
    this.#showing.begin(spec);
  }

  /** Shows a run of this server. */
  async openRun(id: string): Promise<void> {
    await this.#try(async () => {
      const view = await this.#wire.rest.run(id);
      const { record } = this.#runs;
      if (record && record.id !== id) void this.#runs.leave(record, { onlyUntrained: true });
      this.lessons.leave();
      this.#runs.startAfresh();
      this.#showing.attach(view);
    });
  }

  /** Changes the experiment. The moves of one drag are one edit, which is undone as one. */
  edit(change: (spec: RunSpec) => RunSpec, phase: EditPhase = 'single'): void {
    this.#edits.edit(change, phase);
  }

  undo(): void {
    this.#edits.undo();
  }

  redo(): void {
    this.#edits.redo();
  }

  /** Steps a second at most; null is full speed. */
  setSpeed(speed: number | null): void {
    this.edit((spec) => ({ ...spec, training: { ...spec.training, max_steps_per_second: speed } }));
  }

  /** Which probes are on the screen: the server measures just these. */
  watch(probes: readonly string[]): void {
    this.#runs.watch(probes);
    this.travel.watch(probes);
  }

  /** Chooses the validation sample that the pictures show; it goes around at the ends. */
  showSample(index: number): void {
    const count = this.#page.getState().check?.data?.num_validation || 1;
    this.#page.setState({ sample: ((index % count) + count) % count, isSampleChosen: true });
    this.#runs.subscribe();
  }

  // --- training ----------------------------------------------------------------------------------------------------

  /** Train, go on, or train anew when the run has ended. */
  train(): Promise<void> {
    this.lessons.began();
    return this.#control(async (record) => {
      const status = record?.progress.status;
      if (record && this.#following.isUpToDate) {
        // Whether there is a checkpoint to go on from is known only since the run ended.
        if (status === 'interrupted') await this.#runs.refresh(record);
        if (status === 'paused' || this.canGoOn(record)) return this.#runs.command(record, 'resume');
        if (isActive(record)) return;
      }
      await this.#following.restart(true);
    });
  }

  pause(): Promise<void> {
    return this.#control(async (record) => {
      if (record?.progress.status === 'running') await this.#runs.command(record, 'pause');
    });
  }

  toggle(): Promise<void> {
    return this.#runs.record?.progress.status === 'running' ? this.pause() : this.train();
  }

  step(count: number): Promise<void> {
    this.lessons.began();
    return this.#control(async (record) => {
      if (record?.progress.status === 'running') await this.#runs.command(record, 'pause');
      const isReady = isActive(record) && this.#following.isUpToDate;
      const run = isReady ? record : await this.#following.restart(false);
      if (run) await this.#runs.step(run, count);
    });
  }

  stop(): Promise<void> {
    return this.#control(async (record) => {
      if (isActive(record)) await this.#runs.command(record, 'stop');
    });
  }

  /** Goes on with a run that was stopped or interrupted, from its last checkpoint. */
  goOn(): Promise<void> {
    return this.#control(async (record) => {
      if (record) await this.#runs.command(record, 'resume');
    });
  }

  /**
   * Shows a new run that goes on from a checkpoint of the run on the page, at or before `atStep` (null: the newest
   * state), with new values by path of the spec: `{'optimizer.lr': 0.01}`. The run before stands behind it as a ghost.
   * At step 0 everything may change; later what leaves the weights their names and shapes.
   */
  fork({ atStep, changes }: Fork): Promise<void> {
    return this.#control(async (record) => {
      if (!record) return;
      const view = await this.#runs.fork(record, atStep, changes);
      this.#showing.attach(view);
      this.#page.setState({ ghost: record });
      void this.#runs.leave(record, { onlyUntrained: false });
    });
  }

  /** Forks the run at the step that is shown; what was edited while looking back is what changes. */
  async forkFromHere(): Promise<void> {
    const { viewStep } = this.#page.getState();
    const [applied, spec] = [this.#runs.applied, this.#draft.getState().spec];
    const changes = applied && spec ? changesBetween(applied, spec) : {};
    this.#page.setState({ isForking: true, isPeeking: false });
    await this.fork({ atStep: viewStep, changes });
    this.#page.setState({ isForking: false });
  }

  /** Back to the present. What was edited for a fork that was not made is taken back, as one edit. */
  goLive(): void {
    const { applied } = this.#runs;
    if (this.#following.isHeld && applied) this.#draft.getState().set(applied);
    this.travel.goTo(null);
  }

  /** Does what a remedy says: a live one in the run itself while it trains, any other in a fork. */
  async applyRemedy(remedy: Remedy): Promise<void> {
    const way = wayOf(remedy, this.#runs.record);
    if (way !== 'live') return this.fork({ atStep: way === 'restarts' ? 0 : remedy.at_step, changes: remedy.changes });
    this.edit((spec) => withChanges(spec, remedy.changes));
  }

  /** Back to step 0 with the same seed: the same weights again. */
  reset(): Promise<void> {
    return this.#control(() => this.#following.restart(false));
  }

  /** True where Train means going on from a checkpoint. */
  canGoOn(record: RunRecord): boolean {
    return record.progress.status === 'interrupted' && record.view?.resumable === true;
  }

  /** The steps from which a fork of a run can go on. */
  async checkpoints(run: string): Promise<readonly number[]> {
    const found = await this.#wire.rest.checkpoints(run).catch(() => undefined);
    return found?.checkpoints.map((one) => one.step) ?? [];
  }

  /** What is kept of a run for time travel; null where the server does not say. */
  recording(run: string): Promise<Recording | null> {
    return this.#wire.rest.recording(run).catch(() => null);
  }

  refreshRuns(): Promise<void> {
    return this.#runs.list();
  }

  // --- what the server says ----------------------------------------------------------------------------------------

  /** A message of the stream. */
  read(message: ServerMessage): void {
    const { record } = this.#runs;
    if (message.type === 'deleted' && message.run === record?.id) {
      say(this.#page, 'info', 'This run was deleted.', 'The experiment is still here.');
    } else if (message.type === 'error') {
      say(this.#page, 'error', message.message, message.hint ?? '');
    } else if (record) {
      const wasActive = isActive(record);
      if (!record.apply(message)) {
        record.seq = null;
        this.#runs.subscribe();
      }
      if (message.type === 'event') this.#following.heard(message.event);
      if (wasActive && !isActive(record)) void this.#runs.refresh(record);
    }
  }

  readFrame(frame: DecodedFrame): void {
    const { record } = this.#runs;
    if (frame.run === record?.id) record.frames.push(frame);
  }

  /** The connection changed. A page that cannot come back may have lost its login, which only a call can tell. */
  connectionChanged(connection: ConnectionState): void {
    this.#page.setState({ connection });
    this.#runs.record?.setStale(connection.state !== 'connected');
    if (connection.state === 'lost' && connection.tries > 1) {
      this.#wire.rest.runs(1).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 401) this.#page.setState({ access: 'signed_out' });
      });
    }
  }

  retryConnection(): void {
    if (this.#page.getState().access === 'open') this.#wire.stream.retryNow();
    else void this.open(location.hash);
  }

  // --- the way to the server ---------------------------------------------------------------------------------------

  #control(act: (record: RunRecord | null) => Promise<unknown>): Promise<void> {
    return this.#inTurn(() => act(this.#runs.record));
  }

  #inTurn = (act: () => Promise<unknown>): Promise<void> => {
    const turn = this.#queue.then(async () => {
      this.#page.setState({ isBusy: true });
      await this.#try(act);
      this.#page.setState({ isBusy: false });
      clearTimeout(this.#lists);
      this.#lists = setTimeout(() => void this.refreshRuns(), LISTS_AFTER_MS);
    });
    this.#queue = turn;
    return turn;
  };

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      report(this.#page, error);
    }
  }
}
