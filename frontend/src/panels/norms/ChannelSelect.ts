/** Which channel is drawn through time: a small list in the foot of the picture. */
import { formatCount } from '../../draw/format';

export class ChannelSelect {
  readonly #select = document.createElement('select');
  #num = -1;
  #choose: (value: string) => void = () => undefined;

  constructor(host: HTMLElement) {
    this.#select.className = 'panel-layer panel-channel';
    this.#select.setAttribute('aria-label', 'Channel');
    this.#select.hidden = true;
    this.#select.addEventListener('change', () => this.#choose(this.#select.value));
    host.append(this.#select);
  }

  show(num: number, chosen: number | null, choose: (value: string) => void): void {
    this.#choose = choose;
    this.#select.hidden = num < 2;
    if (num !== this.#num) {
      const names = Array.from({ length: num }, (_, i) => new Option(`channel ${formatCount(i + 1)}`, String(i)));
      this.#select.replaceChildren(new Option('all channels', 'all'), ...names);
      this.#num = num;
    }
    this.#select.value = chosen === null ? 'all' : String(chosen);
  }

  hide(): void {
    this.#select.hidden = true;
  }
}
