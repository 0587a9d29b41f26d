/** What all canvas panels share: the canvas, the tip, the pointer, and a picture file of it. */
import { Pen, pictureOf } from '../draw/canvas';
import { theme } from '../draw/colours';
import type { Scene } from './drawing';
import { Tip, type TipRow } from './tip';

/** Rows for the tip at a place, and how far beside it the tip stays; null for none. */
export type Lookup = (x: number, y: number) => { rows: readonly TipRow[]; x?: number; clear?: number } | null;

export class Picture {
  readonly canvas = document.createElement('canvas');
  readonly host: HTMLElement;
  readonly #tip: Tip;
  #pointer: { x: number; y: number } | null = null;
  /** Set by the drawing each time it draws. */
  lookup: Lookup = () => null;

  constructor(host: HTMLElement) {
    this.host = host;
    this.canvas.className = 'panel-canvas';
    this.canvas.setAttribute('aria-hidden', 'true');
    host.append(this.canvas);
    this.#tip = new Tip(host);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerdown', this.#move);
    host.addEventListener('pointerleave', this.#leave);
  }

  pen(scene: Scene): Pen | null {
    return Pen.on(this.canvas, scene.width, scene.height);
  }

  /** Shows the tip for where the pointer is now; called after each drawing, as the values under it changed. */
  refreshTip(): void {
    const at = this.#pointer;
    const found = at && this.lookup(at.x, at.y);
    if (!at || !found) this.#tip.hide();
    else this.#tip.show(found.x ?? at.x, at.y - 8, found.rows, found.clear ?? 0);
  }

  async image(): Promise<string> {
    return pictureOf(this.canvas, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.host.removeEventListener('pointermove', this.#move);
    this.host.removeEventListener('pointerdown', this.#move);
    this.host.removeEventListener('pointerleave', this.#leave);
    this.host.replaceChildren();
  }

  #move = (event: PointerEvent): void => {
    const box = this.canvas.getBoundingClientRect();
    this.#pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.refreshTip();
  };

  #leave = (): void => {
    this.#pointer = null;
    this.#tip.hide();
  };
}
