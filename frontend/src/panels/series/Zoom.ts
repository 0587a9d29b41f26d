/** The part of the axes that a hand chose, until a double click or another run. */
import type { ZoomListener } from '../../draw/chart';
import type { Range } from '../../draw/ticks';

export class Zoom implements ZoomListener {
  x: Range | null = null;
  #y: Range | null = null;
  #count = 0;
  #redraw: () => void = () => undefined;

  listen(redraw: () => void): void {
    this.#redraw = redraw;
  }

  /** The chosen values; Plotly tells those of a logarithmic axis as powers. */
  yOn(isLog: boolean): Range | null {
    if (!this.#y || !isLog) return this.#y;
    return [10 ** this.#y[0], 10 ** this.#y[1]];
  }

  /** Stays the same while the zoom shall hold. */
  get revision(): string {
    return String(this.#count);
  }

  zoomed = (x: [number, number] | null, y: [number, number] | null): void => {
    this.x = x ?? this.x;
    this.#y = y ?? this.#y;
    this.#redraw();
  };

  reset = (): void => {
    this.clear();
    this.#redraw();
  };

  clear(): void {
    this.x = null;
    this.#y = null;
    this.#count += 1;
  }
}
