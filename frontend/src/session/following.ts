/**
 * The run follows the draft. Whatever edits the draft (a field, the JSON, undo), the difference to the run decides:
 * what can change while it trains is sent at once, anything else makes a new run when the draft has settled.
 */
import type { RunEvent, RunSpec } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { PageStore } from '../stores/page';
import { RunRecord } from '../stores/record';
import type { Rest } from '../wire/rest';
import { isSame } from './canonical';
import { Checking } from './checking';
import { type Difference, difference, pathsOf } from './difference';
import { report, say } from './notices';
import { withPath } from './paths';
import { isActive, type Runs } from './runs';

/** An edit that comes soon after another one waits until the hand rests so long; the first one acts at once. */
const SETTLES_AFTER_MS = 160;
/** Events that come so soon after a change of ours tell just that change. */
const ECHO_MS = 1500;

/** Does what changes the run, one after another. */
export type InTurn = (act: () => Promise<unknown>) => Promise<void>;

export class Following {
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #rest: Rest;
  readonly #runs: Runs;
  readonly #checking: Checking;
  readonly #inTurn: InTurn;
  /**
   * Whether the draft needs a new run: one that trains at once, one that waits at step 0, or one only when it is asked
   * for, because the run that is shown has ended and differs just in what could have changed live.
   */
  #due: 'no' | 'asked' | 'wait' | 'train' = 'no';
  #isHeld = false;
  /** True until the next edit, which needs a new run that waits, whatever it is and whatever the run before does. */
  #isAnew = false;
  /** True while a value is being typed: the draft is looked at, and the run follows when that has ended. */
  isTyping = false;
  #isSending = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #settles: ReturnType<typeof setTimeout> | undefined;
  #editedAt = Number.NEGATIVE_INFINITY;

  constructor(page: PageStore, draft: DraftStore, rest: Rest, runs: Runs, inTurn: InTurn) {
    this.#page = page;
    this.#draft = draft;
    this.#rest = rest;
    this.#runs = runs;
    this.#checking = new Checking(page, draft, rest);
    this.#inTurn = inTurn;
    draft.subscribe((now, before) => {
      if (now.spec && now.spec !== before.spec) this.#edited(now.spec);
    });
  }

  /** True where the run on the page is that of the draft. */
  get isUpToDate(): boolean {
    return this.#due === 'no';
  }

  /** True where the draft was edited while the page shows the past: the run is left alone, a fork takes it. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The draft and the run are one. */
  settle(): void {
    this.#due = 'no';
    this.#isHeld = false;
  }

  /** The next edit puts something else on the page: it gets a run of its own, however like the one that is shown. */
  apart(): void {
    this.#runs.applied = null;
  }

  /** The same, and that run waits at step 0. */
  anew(): void {
    this.apart();
    this.#isAnew = true;
  }

  /** A new run of the draft. */
  async restart(start: boolean): Promise<RunRecord | null> {
    const spec = this.#draft.getState().spec;
    if (!spec) return null;
    if (spec.graph.length === 0) {
      say(this.#page, 'info', 'No layers yet.', 'Add the first one.');
      return null;
    }
    const made = await this.#runs.make(spec, start);
    if (!(made instanceof RunRecord)) {
      this.#checking.take(spec, made);
      return null;
    }
    this.#due = 'no';
    // The draft may have moved while the run was made.
    const now = this.#draft.getState().spec;
    if (now && now !== spec) this.#edited(now);
    return made;
  }

  /** A set can be read that could not be before: a draft that uses it is looked at again. */
  dataCame(dataset: string): void {
    const spec = this.#draft.getState().spec;
    if (spec?.data.dataset === dataset) this.#edited(spec);
  }

  /** A change that another page or a script made to the run comes into the draft, which has nothing of its own. */
  heard(event: RunEvent): void {
    const { applied, record } = this.#runs;
    const spec = this.#draft.getState().spec;
    const isOurs = this.#isSending || Date.now() - this.#sentAt < ECHO_MS;
    if (event.kind !== 'change' || !event.path || !applied || applied !== spec || isOurs) return;
    const changed = withPath(spec, event.path, event.after, (index) => record?.view?.check.nodes[index]?.id ?? '');
    if (!changed || isSame(changed, spec)) return;
    const history = this.#draft.temporal.getState();
    history.pause();
    this.#runs.applied = changed;
    this.#draft.getState().set(changed);
    history.resume();
    const { confirmed } = this.#page.getState();
    this.#page.setState({ confirmed: { ...confirmed, [event.path]: event.step } });
  }

  #edited(spec: RunSpec): void {
    clearTimeout(this.#settles);
    this.#page.setState({ isChecking: true });
    const isFirst = Date.now() - this.#editedAt > SETTLES_AFTER_MS;
    this.#editedAt = Date.now();
    if (!this.isTyping) this.#dueOf(spec);
    if (isFirst) void this.#settled(spec);
    else this.#settles = setTimeout(() => void this.#settled(spec), SETTLES_AFTER_MS);
  }

  /** What the run needs to follow: nothing, a change, or another run. */
  #dueOf(spec: RunSpec): void {
    const { record, applied } = this.#runs;
    this.#isHeld = this.#page.getState().viewStep !== null && applied !== spec;
    if (applied === spec || this.#isHeld) return;
    const { kind } = this.#differenceTo(spec);
    if (kind === 'restart') {
      const trainsOn = record?.progress.status === 'running' || this.#due === 'train';
      this.#due = trainsOn && !this.#isAnew ? 'train' : 'wait';
      this.#isAnew = false;
    } else {
      this.#due = kind === 'live' && !isActive(record) ? 'asked' : 'no';
      if (isActive(record)) void this.#send();
    }
  }

  /** Build what needs a new run, or check the draft. A broken draft builds nothing and leaves the run as it is. */
  async #settled(spec: RunSpec): Promise<void> {
    const isDue = (): boolean =>
      (this.#due === 'train' || this.#due === 'wait') && !this.isTyping && spec.graph.length > 0;
    if (isDue()) {
      await this.#inTurn(async () => {
        if (isDue() && this.#draft.getState().spec === spec) await this.restart(this.#due === 'train');
      });
    } else await this.#checking.check(spec);
    void this.#checking.preview(spec);
  }

  /** Brings the run to the draft, one call at a time: what changes meanwhile goes with the next one. */
  async #send(): Promise<void> {
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
    const { record } = this.#runs;
    const spec = this.#draft.getState().spec;
    if (!record || !spec) return false;
    const found = this.#differenceTo(spec);
    if (found.kind !== 'live') return false;
    const before = this.#runs.applied;
    this.#runs.applied = spec;
    this.#sentAt = Date.now();
    try {
      const view = await this.#rest.change(record.id, found.change);
      this.#sentAt = Date.now();
      const since = Object.fromEntries(pathsOf(found.change).map((path) => [path, view.step]));
      const { confirmed } = this.#page.getState();
      if (this.#runs.record === record) this.#page.setState({ confirmed: { ...confirmed, ...since }, refused: [] });
    } catch (error) {
      if (this.#runs.applied === spec) this.#runs.applied = before;
      throw error;
    }
    return this.#draft.getState().spec !== spec;
  }

  #differenceTo(spec: RunSpec): Difference {
    const { applied, record } = this.#runs;
    if (!applied) return { kind: 'restart' };
    const idOf = (index: number): string => record?.view?.check.nodes[index]?.id ?? '';
    return difference(applied, spec, idOf, this.#isLive);
  }

  #isLive = (kind: string, field: string): boolean => {
    const kinds = this.#page.getState().catalog?.kinds ?? [];
    const layer = kinds.find((one) => one.family === 'layer' && (one.kind === kind || one.aliases.includes(kind)));
    const fields = layer?.fields.properties as Record<string, Record<string, unknown>> | undefined;
    return fields?.[field]?.['x-live'] === true;
  };
}
