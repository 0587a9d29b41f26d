/** A hand turns what is seen from the side: by dragging, and by the arrow keys when it has the focus. */
import { turned, type View } from './relief';

const PER_PIXEL = 0.01;
const PER_KEY = Math.PI / 24;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-PER_KEY, 0],
  ArrowRight: [PER_KEY, 0],
  ArrowUp: [0, PER_KEY],
  ArrowDown: [0, -PER_KEY],
};

export class Turning {
  readonly #canvas: HTMLCanvasElement;
  readonly #redraw: () => void;
  #from: { x: number; y: number } | null = null;
  #isOn = false;
  view: View;

  constructor(canvas: HTMLCanvasElement, first: View, redraw: () => void) {
    this.#canvas = canvas;
    this.#redraw = redraw;
    this.view = first;
    canvas.addEventListener('pointerdown', this.#press);
    canvas.addEventListener('pointermove', this.#move);
    canvas.addEventListener('pointerup', this.#release);
    canvas.addEventListener('keydown', this.#key);
  }

  enable(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    const { style } = this.#canvas;
    style.cursor = isOn ? 'grab' : '';
    style.touchAction = isOn ? 'none' : '';
    if (isOn) {
      this.#canvas.tabIndex = 0;
      this.#canvas.removeAttribute('aria-hidden');
      this.#canvas.setAttribute('role', 'img');
      this.#canvas.setAttribute('aria-label', 'Relief. The arrow keys turn it.');
    } else {
      for (const name of ['tabindex', 'role', 'aria-label']) this.#canvas.removeAttribute(name);
      this.#canvas.setAttribute('aria-hidden', 'true');
    }
  }

  dispose(): void {
    this.#canvas.removeEventListener('pointerdown', this.#press);
    this.#canvas.removeEventListener('pointermove', this.#move);
    this.#canvas.removeEventListener('pointerup', this.#release);
    this.#canvas.removeEventListener('keydown', this.#key);
  }

  #turn(byTurn: number, byTilt: number): void {
    this.view = turned(this.view, byTurn, byTilt);
    this.#redraw();
  }

  #press = (event: PointerEvent): void => {
    if (!this.#isOn) return;
    this.#from = { x: event.clientX, y: event.clientY };
    this.#canvas.setPointerCapture?.(event.pointerId);
  };

  #move = (event: PointerEvent): void => {
    if (!this.#from) return;
    this.#turn((event.clientX - this.#from.x) * PER_PIXEL, (event.clientY - this.#from.y) * PER_PIXEL);
    this.#from = { x: event.clientX, y: event.clientY };
  };

  #release = (): void => {
    this.#from = null;
  };

  #key = (event: KeyboardEvent): void => {
    const by = KEYS[event.key];
    if (!this.#isOn || !by) return;
    // The page's own arrow keys travel through time.
    event.preventDefault();
    event.stopPropagation();
    this.#turn(...by);
  };
}
