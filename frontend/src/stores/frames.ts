/** What the probes of a run measured: the newest frame of each, and a thinned history through the whole run. */
import type { DecodedFrame } from '../words/frames';
import { type Schedule, Signal } from './signal';

export * from '../words/frames';

const MOST_KEPT = 120;
const MOST_FETCHED = 48;

/** Frames of one probe, evenly spread over the run: when it is full every second one goes and the stride doubles. */
class History {
  frames: DecodedFrame[] = [];
  #stride = 1;
  #count = 0;

  push(frame: DecodedFrame): void {
    const newest = this.frames.at(-1);
    if (newest && frame.step <= newest.step) return;
    if (this.#count % this.#stride === 0) this.frames = [...this.frames, frame];
    this.#count += 1;
    if (this.frames.length <= MOST_KEPT) return;
    this.frames = this.frames.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
    this.#count = 1;
  }
}

/** Frames of one probe that were fetched for a step of the past, the latest asked for last. */
class Fetched {
  #found: { readonly frame: DecodedFrame | null; from: number; until: number }[] = [];

  /** `frame` is what was recorded at `step` or the last before it; null: nothing was. */
  keep(frame: DecodedFrame | null, step: number): void {
    const from = frame?.step ?? 0;
    const known = this.#found.find((one) => one.frame?.step === frame?.step);
    const until = Math.max(step, known?.until ?? step);
    this.#found = [...this.#found.filter((one) => one !== known), { frame, from, until }].slice(-MOST_FETCHED);
  }

  covers(step: number): boolean {
    return this.#found.some((one) => one.from <= step && step <= one.until);
  }

  get frames(): DecodedFrame[] {
    return this.#found.flatMap((one) => (one.frame ? [one.frame] : []));
  }
}

export class FrameStore extends Signal {
  readonly #fetched = new Map<string, Fetched>();
  #lookedAt: number | null = null;
  /** True once there is something of a step that was trained. */
  hasTrained = false;
  readonly #newest = new Map<string, DecodedFrame>();
  readonly #histories = new Map<string, History>();

  constructor(schedule?: Schedule) {
    super(schedule);
  }

  /** The newest frame of a probe; in time travel the newest that is not after the step looked at. */
  newest(probe: string): DecodedFrame | undefined {
    return this.#lookedAt === null ? this.#newest.get(probe) : this.at(probe, this.#lookedAt);
  }

  /** Time travel: from now on `newest` is as it was at this step; null is the present. */
  look(step: number | null): void {
    if (step === this.#lookedAt) return;
    this.#lookedAt = step;
    this.changed();
  }

  /** Of the frames that the page holds, the last that is not after `step`. */
  at(probe: string, step: number): DecodedFrame | undefined {
    const newest = this.#newest.get(probe);
    if (newest && newest.step <= step) return newest;
    const held = [...this.history(probe), ...(this.#fetched.get(probe)?.frames ?? [])];
    return held.reduce<DecodedFrame | undefined>(
      (best, frame) => (frame.step <= step && frame.step >= (best?.step ?? 0) ? frame : best),
      undefined,
    );
  }

  /**
   * True where `at` is what the server would say: nothing nearer to this step is recorded. Then the frame is held, so
   * that it stays while the history is thinned.
   */
  holds(probe: string, step: number): boolean {
    if (this.#fetched.get(probe)?.covers(step)) return true;
    const at = this.at(probe, step);
    if (!at || (at.step !== step && at !== this.#newest.get(probe))) return false;
    this.keep(probe, step, at);
    return true;
  }

  /** True where it is known that nothing of this probe was recorded up to this step. */
  lacks(probe: string, step: number): boolean {
    return this.at(probe, step) === undefined && (this.#fetched.get(probe)?.covers(step) ?? false);
  }

  /** Keeps what was recorded at `step` or the last before it; null where nothing was. */
  keep(probe: string, step: number, frame: DecodedFrame | null): void {
    const fetched = this.#fetched.get(probe) ?? new Fetched();
    this.#fetched.set(probe, fetched);
    fetched.keep(frame, step);
    this.changed();
  }

  /** Oldest first, at most 120. The array is a new one whenever it changes. */
  history(probe: string): readonly DecodedFrame[] {
    return this.#histories.get(probe)?.frames ?? [];
  }

  push(frame: DecodedFrame): void {
    const before = this.#newest.get(frame.probe);
    if (!before || before.step <= frame.step) this.#newest.set(frame.probe, frame);
    this.#history(frame.probe).push(frame);
    this.hasTrained ||= frame.step > 0;
    const isFirst = !before || (before.step === 0 && frame.step > 0);
    if (isFirst) this.changedNow();
    else this.changed();
  }

  /** Puts the recorded frames of a probe before those that came live. */
  recall(probe: string, recorded: readonly DecodedFrame[]): void {
    const live = this.#history(probe).frames;
    const joined = new History();
    const oldestLive = live[0]?.step ?? Number.POSITIVE_INFINITY;
    for (const frame of [...recorded.filter((one) => one.step < oldestLive), ...live]) joined.push(frame);
    this.#histories.set(probe, joined);
    const last = joined.frames.at(-1);
    if (last && !this.#newest.has(probe)) this.#newest.set(probe, last);
    this.changed();
  }

  clear(): void {
    this.#newest.clear();
    this.#histories.clear();
    this.#fetched.clear();
    this.changed();
  }

  #history(probe: string): History {
    const history = this.#histories.get(probe) ?? new History();
    this.#histories.set(probe, history);
    return history;
  }
}
