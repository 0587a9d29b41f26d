/** Names of layers at the left of a picture, as buttons: the same column that names the rows of the ridgeline. */
import type { Scene } from '../drawing';

const MOST_WIDTH = 0.3;

export class LayerList {
  readonly #box = document.createElement('div');
  #key = '';
  #choose: (name: string) => void = () => undefined;

  constructor(host: HTMLElement) {
    this.#box.className = 'panel-layers';
    this.#box.setAttribute('role', 'radiogroup');
    this.#box.setAttribute('aria-label', 'Layer');
    this.#box.hidden = true;
    this.#box.addEventListener('click', this.#click);
    host.append(this.#box);
  }

  /** @returns The width that the names take, with the gap behind them. */
  show(names: readonly string[], current: string, scene: Scene, choose: (name: string) => void): number {
    this.#choose = choose;
    this.#box.hidden = false;
    this.#box.style.maxWidth = `${Math.round(scene.width * MOST_WIDTH)}px`;
    const key = [current, ...names].join('\n');
    if (key !== this.#key) this.#fill(names, current);
    this.#key = key;
    return Math.max(44, this.#box.offsetWidth + 4);
  }

  hide(): void {
    this.#box.hidden = true;
  }

  dispose(): void {
    this.#box.remove();
  }

  #fill(names: readonly string[], current: string): void {
    const had = document.activeElement?.parentElement === this.#box;
    this.#box.replaceChildren(
      ...names.map((name) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = name;
        button.title = name;
        button.dataset.layer = name;
        button.setAttribute('role', 'radio');
        button.setAttribute('aria-checked', String(name === current));
        return button;
      }),
    );
    if (had) this.#box.querySelector<HTMLElement>('[aria-checked=true]')?.focus();
  }

  #click = (event: Event): void => {
    const name = (event.target as HTMLElement).closest<HTMLElement>('[data-layer]')?.dataset.layer;
    if (name) this.#choose(name);
  };
}
