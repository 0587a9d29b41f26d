/** All places of the walk below each other, where there is room: pressed to go there. */
import type { StepItem } from '../../words/frames';
import { headOf, numberOf, PHASES, placeOf, wordOf } from './walk';

export class List {
  readonly element = document.createElement('ol');
  readonly #go: (at: number) => void;
  #items: readonly StepItem[] = [];

  constructor(go: (at: number) => void) {
    this.#go = go;
    this.element.className = 'step-list';
    this.element.setAttribute('aria-label', 'All places of this step');
  }

  show(items: readonly StepItem[], at: number): void {
    if (items !== this.#items)
      this.element.replaceChildren(...items.map((item, place) => this.#line(item, place, items)));
    this.#items = items;
    for (const [place, line] of [...this.element.children].entries()) {
      const button = line.querySelector('button');
      // One stop of the Tab key; arrows go from place to place.
      if (button) button.tabIndex = place === at ? 0 : -1;
      if (place !== at) button?.removeAttribute('aria-current');
      else if (button?.getAttribute('aria-current') !== 'step') {
        button?.setAttribute('aria-current', 'step');
        button?.scrollIntoView?.({ block: 'nearest' });
      }
    }
  }

  /** Keeps the focus at the place that is shown, where a place has it. */
  follow(at: number): void {
    if (this.element.contains(document.activeElement)) this.element.querySelectorAll('button')[at]?.focus();
  }

  /** A phase is named at its first place; the last number of a place stands for it. */
  #line(item: StepItem, place: number, items: readonly StepItem[]): HTMLLIElement {
    const line = document.createElement('li');
    const phase = PHASES.find((one) => one === item.phase);
    if (phase && items[place - 1]?.phase !== phase) {
      const head = document.createElement('span');
      head.className = 'step-list-phase';
      head.textContent = wordOf(phase);
      line.append(head);
    }
    const button = document.createElement('button');
    button.type = 'button';
    const [name, value] = [document.createElement('span'), document.createElement('span')];
    name.textContent = placeOf(item);
    name.title = headOf(item);
    name.className = 'clip';
    value.textContent = numberOf(item.values.at(-1)?.value ?? null);
    value.className = 'num';
    button.append(name, value);
    button.addEventListener('click', () => this.#go(place));
    line.append(button);
    return line;
  }
}
