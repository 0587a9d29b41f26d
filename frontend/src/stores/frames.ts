/** What the probes of a run measured: the newest frame of each, and a thinned history through the whole run. */
import type { DecodedFrame } from '../words/frames';
import { type Schedule, Signal } from './signal';

export * from '../words/frames';

const MOST_KEPT = 120;

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

export class FrameStore extends Signal {
  readonly #newest = new Map<string, DecodedFrame>();
  readonly #histories = new Map<string, History>();

  constructor(schedule?: Schedule) {
    super(schedule);
  }

  newest(probe: string): DecodedFrame | undefined {
    return this.#newest.get(probe);
  }

  /** Oldest first, at most 120. The array is a new one whenever it changes. */
  history(probe: string): readonly DecodedFrame[] {
    return this.#histories.get(probe)?.frames ?? [];
  }

  push(frame: DecodedFrame): void {
    const before = this.#newest.get(frame.probe);
    if (!before || before.step <= frame.step) this.#newest.set(frame.probe, frame);
    this.#history(frame.probe).push(frame);
    this.changed();
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
    this.changed();
  }

  #history(probe: string): History {
    const history = this.#histories.get(probe) ?? new History();
    this.#histories.set(probe, history);
    return history;
  }
}
