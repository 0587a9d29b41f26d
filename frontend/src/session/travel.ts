/**
 * Time travel: which step every panel shows, and the frames of that step where the page does not hold them. The run
 * goes on meanwhile; nothing here is asked of its worker, for what was measured is recorded.
 */
import type { PageStore } from '../stores/page';
import type { RunRecord } from '../stores/record';
import { decodeFrame } from '../wire/decode';
import type { Rest } from '../wire/rest';
import { nearestStep, stepBeside } from './records';

/** A hand that drags is not followed by a call at each move. */
const SETTLES_AFTER_MS = 60;
/** Recorded steps are asked for again after so long while the run goes on. */
const STEPS_HOLD_MS = 1500;
/** So many records on either side are fetched ahead. */
const AHEAD = 2;

export class Travel {
  readonly #page: PageStore;
  readonly #rest: Rest;
  #probes: readonly string[] = [];
  #steps: readonly number[] = [];
  /** Nothing at all is recorded of these: the server is not asked. */
  #unrecorded: ReadonlySet<string> = new Set();
  #stepsAt = Number.NEGATIVE_INFINITY;
  #settles: ReturnType<typeof setTimeout> | undefined;
  #isFetching = false;

  constructor(page: PageStore, rest: Rest) {
    this.#page = page;
    this.#rest = rest;
    page.subscribe((now, before) => {
      if (now.record !== before.record) this.#leave(before.record);
      else if (now.isPeeking !== before.isPeeking) now.record?.frames.look(now.isPeeking ? null : now.viewStep);
    });
  }

  /** The probes on the screen: their frames are fetched. */
  watch(probes: readonly string[]): void {
    this.#probes = [...new Set(probes)];
    this.#stepsAt = Number.NEGATIVE_INFINITY;
    if (this.#page.getState().viewStep !== null) this.#settle();
  }

  /** Shows a step, the nearest that is recorded where `snaps`; null, or the newest step, is the present. */
  goTo(step: number | null, { snaps = false } = {}): void {
    const { record } = this.#page.getState();
    const newest = record?.progress.step ?? 0;
    const wanted = step !== null && snaps ? nearestStep(this.#steps, step) : step;
    const viewStep = wanted === null || wanted >= newest ? null : Math.max(0, Math.round(wanted));
    this.#page.setState({ viewStep, isPeeking: false });
    record?.frames.look(viewStep);
    if (viewStep !== null) this.#settle();
  }

  /** To the record before (−1) or after (1) the one that is shown; behind the last one is the present. */
  async move(direction: 1 | -1): Promise<void> {
    const { record, viewStep } = this.#page.getState();
    if (!record || (viewStep === null && direction === 1)) return;
    await this.readSteps();
    const now = this.#page.getState();
    if (now.record !== record) return;
    this.goTo(stepBeside(this.#steps, now.viewStep ?? record.progress.step, direction));
  }

  /** The same by whole epochs. */
  moveEpoch(direction: 1 | -1): void {
    const { record, viewStep } = this.#page.getState();
    const perEpoch = record?.view?.steps_per_epoch ?? 1;
    if (!record || (viewStep === null && direction === 1)) return;
    const epochs = (viewStep ?? record.progress.step) / perEpoch;
    const target = direction === 1 ? Math.floor(epochs) + 1 : Math.ceil(epochs) - 1;
    this.goTo(Math.max(0, target * perEpoch));
  }

  /** Learns at which steps there are records: those of the probe on the screen that has the most. */
  async readSteps(): Promise<void> {
    const { record } = this.#page.getState();
    if (!record || performance.now() - this.#stepsAt < STEPS_HOLD_MS) return;
    this.#stepsAt = performance.now();
    const all = await Promise.all(
      this.#probes.map((probe) => this.#rest.recordedSteps(record.id, probe).catch(() => null)),
    );
    if (this.#page.getState().record !== record) return;
    this.#unrecorded = new Set(this.#probes.filter((_, index) => all[index]?.length === 0));
    this.#steps = all.reduce<readonly number[]>(
      (most, steps) => (steps && steps.length > most.length ? steps : most),
      [],
    );
  }

  #leave(record: RunRecord | null): void {
    clearTimeout(this.#settles);
    record?.frames.look(null);
    this.#steps = [];
    this.#unrecorded = new Set();
    this.#stepsAt = Number.NEGATIVE_INFINITY;
    this.#page.setState({ viewStep: null, isPeeking: false });
  }

  #settle(): void {
    clearTimeout(this.#settles);
    this.#settles = setTimeout(() => void this.#fetch(), SETTLES_AFTER_MS);
  }

  /** What is shown first; when the hand rests there, what lies beside it. */
  async #fetch(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    const { record, viewStep } = this.#page.getState();
    try {
      if (record && viewStep !== null) {
        await this.#fetchStep(record, viewStep);
        await this.readSteps();
        for (const step of this.#beside(viewStep)) {
          if (this.#page.getState().viewStep !== viewStep) break;
          await this.#fetchStep(record, step);
        }
      }
    } finally {
      this.#isFetching = false;
    }
    const now = this.#page.getState();
    if (now.viewStep !== null && (now.viewStep !== viewStep || now.record !== record)) this.#settle();
  }

  #beside(step: number): number[] {
    const [before, after] = [
      this.#steps
        .filter((one) => one < step)
        .slice(-AHEAD)
        .reverse(),
      this.#steps.filter((one) => one > step).slice(0, AHEAD),
    ];
    return before.flatMap((one, index) => [one, ...after.slice(index, index + 1)]);
  }

  async #fetchStep(record: RunRecord, step: number): Promise<void> {
    const missing = this.#probes.filter((probe) => !record.frames.holds(probe, step));
    await Promise.all(
      missing.map(async (probe) => {
        try {
          if (this.#unrecorded.has(probe)) return record.frames.keep(probe, step, null);
          const body = await this.#rest.frameAt(record.id, probe, step);
          record.frames.keep(probe, step, body && decodeFrame(body, record.id));
        } catch {
          // The nearest frame that the page holds stays, with its step beside it.
        }
      }),
    );
  }
}
