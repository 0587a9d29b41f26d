/** A sentence below the curves: what is seen, or why something is not. */
import type { Scene } from '../drawing';

/** Lower panels have room for the curves only; the sentence is then in the summary and on hover. */
const LEAST_HEIGHT = 120;

export class LinesNote {
  readonly #text = document.createElement('p');

  constructor(host: HTMLElement) {
    this.#text.className = 'panel-note';
    this.#text.hidden = true;
    host.append(this.#text);
  }

  /** @returns The scene with the room that is left for the curves. */
  show(note: string | null, scene: Scene): Scene {
    this.#text.hidden = !note || scene.size === 'S' || scene.height < LEAST_HEIGHT;
    if (this.#text.textContent !== (note ?? '')) {
      this.#text.textContent = note ?? '';
      this.#text.title = note ?? '';
    }
    return this.#text.hidden ? scene : { ...scene, height: scene.height - this.#text.offsetHeight };
  }
}
