/** The step under the pointer, the same in all panels. */
type Listener = () => void;

export class Cursor {
  readonly #listeners = new Set<Listener>();
  #step: number | null = null;

  get step(): number | null {
    return this.#step;
  }

  set(step: number | null): void {
    if (step === this.#step) return;
    this.#step = step;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}
