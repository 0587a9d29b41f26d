/**
 * When each panel draws: at an animation frame, at most every 100 ms, only while it can be seen.
 *
 * All panels share one queue that spends a few milliseconds a frame and leaves the rest for the next one, so that they
 * take turns instead of drawing all at once. Where the page falls below 30 frames a second, pictures wait longer;
 * curves do not. After each frame the page rests as long as the frame took, layout and paint included, so that a hand
 * never waits for a queue of drawings: what a hand asks for does not rest.
 */
import type { DecodedFrame } from '../words/frames';

export type RedrawKind = 'curve' | 'picture';

const EVERY_MS = 100;
/** Pictures, for people who asked for less motion. */
const REDUCED_MOTION_MS = 1000;
/** How much longer pictures wait while the page is slow. */
const SLOW_FACTOR = 3;
const SLOW_FRAME_MS = 1000 / 30;
/** A drawing comes again after so many times its own cost at the earliest: no panel takes more than a twelfth of the page. */
const LEAST_REST = 12;
/** Time of one frame that drawing may take before the others wait. */
const BUDGET_MS = 8;

const queue = new Set<Redraw>();
let frame = 0;
let lastFrame = Number.NaN;
let frameMs = 16;
let restsUntil = Number.NEGATIVE_INFINITY;
/** Longest rest: a single slow frame does not stop the pictures. */
const MOST_REST_MS = 100;
const afterPaint = new MessageChannel();
let startedAt = 0;
afterPaint.port1.onmessage = () => {
  const now = performance.now();
  restsUntil = now + Math.min(now - startedAt, MOST_REST_MS);
};

const prefersStill = (): boolean => globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

function intervalOf(kind: RedrawKind): number {
  if (kind === 'curve') return EVERY_MS;
  if (prefersStill()) return REDUCED_MOTION_MS;
  return frameMs > SLOW_FRAME_MS ? SLOW_FACTOR * EVERY_MS : EVERY_MS;
}

function schedule(): void {
  if (frame === 0 && queue.size > 0) frame = requestAnimationFrame(runFrame);
  if (queue.size === 0) lastFrame = Number.NaN;
}

function runFrame(now: number): void {
  frame = 0;
  if (now - lastFrame < 500) frameMs += 0.1 * (now - lastFrame - frameMs);
  lastFrame = now;
  startedAt = performance.now();
  const isResting = startedAt < restsUntil;
  const due = [...queue].filter((one) => one.isDue(now) && (!isResting || one.isHasty));
  due.sort((a, b) => a.rank - b.rank || a.drawnAt - b.drawnAt);
  let hasNews = false;
  for (const one of due) {
    // What a hand waits for is painted before anything else is drawn: a chart can take longer than all pictures.
    if (hasNews && one.rank > 0) break;
    hasNews ||= one.rank === 0;
    queue.delete(one);
    one.run(now);
    if (performance.now() - startedAt > BUDGET_MS) break;
  }
  // A message is read only after the browser has laid out and painted what was drawn.
  if (due.length > 0) afterPaint.port2.postMessage(null);
  schedule();
}

/** True for the first frame of a run, and for the first of a step that was trained: nobody waits longer for these. */
export const isNews = (shown: DOMStringMap | undefined, frame: DecodedFrame | undefined): boolean =>
  frame !== undefined && (shown?.run !== frame.run || (shown.step === '0' && frame.step > 0));

export class Redraw {
  readonly #draw: () => unknown;
  readonly #kind: RedrawKind;
  #isVisible = true;
  #isWanted = false;
  drawnAt = Number.NEGATIVE_INFINITY;
  /** What one drawing usually takes. */
  #costMs = 0;

  /** @param draw - False where there is nothing new to draw yet: then the wish stays. */
  constructor(kind: RedrawKind, draw: () => unknown) {
    this.#kind = kind;
    this.#draw = draw;
  }

  /** Asks for a drawing. While the panel cannot be seen the wish is kept. */
  request = (): void => {
    this.#isWanted = true;
    if (!this.#isVisible) return;
    queue.add(this);
    schedule();
  };

  /** Asks for a drawing at the next frame, for what a hand did. */
  soon = (): void => {
    this.drawnAt = Number.NEGATIVE_INFINITY;
    this.request();
  };

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (!isVisible) queue.delete(this);
    else if (this.#isWanted) this.request();
  }

  /** True where it was asked for and could not be drawn yet. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** True where a hand waits for it. */
  get isHasty(): boolean {
    return this.drawnAt === Number.NEGATIVE_INFINITY;
  }

  /** What a hand waits for goes first, pictures before curves. */
  get rank(): number {
    if (!this.isHasty) return 2;
    return this.#kind === 'picture' ? 0 : 1;
  }

  isDue(now: number): boolean {
    return now - this.drawnAt >= Math.max(intervalOf(this.#kind), this.#costMs * LEAST_REST);
  }

  run(now: number): void {
    const before = this.drawnAt;
    this.drawnAt = now;
    const startedAt = performance.now();
    this.#isWanted = this.#draw() === false;
    if (this.#isWanted) this.drawnAt = before;
    else this.#costMs += 0.25 * (performance.now() - startedAt - this.#costMs);
  }

  dispose(): void {
    this.#isWanted = false;
    this.#isVisible = false;
    queue.delete(this);
  }
}
