/** Draws ways step by step: play and pause, and a slider for every single step. It never begins by itself. */
import { formatCount } from '../../draw/format';

const HEIGHT = 30;
/** A whole way takes so long. */
const SECONDS = 6;
/** For people who asked for less motion it moves seldom, in few large steps. */
const STILL_MS = 1000;
const STILL_STEPS = 8;

const prefersStill = (): boolean => globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

export class Player {
  readonly #redraw: () => void;
  readonly #row = document.createElement('div');
  readonly #button = document.createElement('button');
  readonly #slider = document.createElement('input');
  readonly #text = document.createElement('output');
  #last: number | null = null;
  #at: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#redraw = redraw;
    this.#row.className = 'landscape-player';
    this.#row.hidden = true;
    this.#button.type = 'button';
    this.#button.className = 'panel-button';
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.setAttribute('aria-label', 'Step');
    this.#row.append(this.#button, this.#slider, this.#text);
    host.append(this.#row);
    this.#button.addEventListener('click', this.#toggle);
    this.#slider.addEventListener('input', this.#slide);
    // The page's own keys travel through time and train.
    this.#row.addEventListener('keydown', (event) => event.stopPropagation());
    this.#write();
  }

  /** The step up to which the ways are drawn; null: whole. */
  get at(): number | null {
    return this.#last === null ? null : this.#at;
  }

  get height(): number {
    return this.#last === null ? 0 : HEIGHT;
  }

  /** @param last The last step that there is; null where nothing plays. */
  show(last: number | null): void {
    if (last === this.#last) return;
    this.#pause();
    this.#last = last;
    this.#at = null;
    this.#row.hidden = last === null;
    this.#slider.max = String(last ?? 0);
    this.#write();
  }

  dispose(): void {
    this.#pause();
    this.#row.remove();
  }

  #toggle = (): void => {
    if (this.#timer !== undefined) this.#pause();
    else {
      if (this.#at === null || this.#at >= (this.#last ?? 0)) this.#at = 0;
      this.#tick();
    }
    this.#write();
    this.#redraw();
  };

  #slide = (): void => {
    this.#pause();
    this.#at = Number(this.#slider.value);
    this.#write();
    this.#redraw();
  };

  #tick(): void {
    const [ms, steps] = prefersStill() ? [STILL_MS, STILL_STEPS] : [1000 / 30, 30 * SECONDS];
    this.#timer = setTimeout(() => {
      const last = this.#last ?? 0;
      this.#at = Math.min(last, (this.#at ?? 0) + Math.max(1, Math.round(last / steps)));
      if (this.#at < last) this.#tick();
      else this.#pause();
      this.#write();
      this.#redraw();
    }, ms);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #write(): void {
    const shown = this.#at ?? this.#last ?? 0;
    this.#button.textContent = this.#timer === undefined ? 'Play' : 'Pause';
    this.#slider.value = String(shown);
    this.#text.textContent = `step ${formatCount(shown)}`;
  }
}
