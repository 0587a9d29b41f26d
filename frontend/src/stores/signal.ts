/** Tells listeners that something changed, at most once an animation frame. Values do not travel with it. */

type Listener = () => void;

/** When to tell: the next animation frame, or soon where there are none (a hidden page, a test). */
export type Schedule = (run: () => void) => void;

const nextFrame: Schedule = (run) => {
  const isDrawn = typeof document !== 'undefined' && !document.hidden && typeof requestAnimationFrame === 'function';
  if (isDrawn) requestAnimationFrame(run);
  else setTimeout(run, 50);
};

export class Signal {
  readonly #listeners = new Set<Listener>();
  readonly #schedule: Schedule;
  #isWaiting = false;
  /** Counts the changes, for `useSyncExternalStore`. */
  version = 0;

  constructor(schedule: Schedule = nextFrame) {
    this.#schedule = schedule;
  }

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  protected changed(): void {
    this.version += 1;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#schedule(() => {
      this.#isWaiting = false;
      this.#tell();
    });
  }

  /** Tells at once, for what somebody waits for. */
  protected changedNow(): void {
    this.version += 1;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
