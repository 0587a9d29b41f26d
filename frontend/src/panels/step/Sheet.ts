/** One phase at one place: the formula, the numbers of the unit, and the picture of what the node gave. */
import { formatCount } from '../../draw/format';
import { writeTex } from '../../draw/tex';
import type { StepItem } from '../../words/frames';
import { paintOutput } from './picture';
import { headOf, numberOf, restOf, shapesOf } from './walk';

function part<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

export class Sheet {
  readonly element = part('div', 'step-sheet');
  readonly #head = part('b', 'step-head');
  readonly #shapes = part('span', 'step-shapes');
  readonly #formula = part('div', 'step-formula');
  readonly #terms = part('table', 'step-terms');
  readonly #values = part('table', 'step-values');
  readonly #canvas = part('canvas', 'step-output');
  readonly #note = part('p', 'step-note');

  constructor() {
    const title = part('div', 'step-title');
    title.append(this.#head, this.#shapes);
    const numbers = part('div', 'step-numbers');
    numbers.append(this.#terms, this.#values);
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.element.append(title, this.#formula, this.#canvas, numbers, this.#note);
  }

  /** @param room Of the picture. */
  show(item: StepItem, room: { readonly width: number; readonly height: number }): void {
    this.#head.textContent = headOf(item);
    this.#shapes.textContent = shapesOf(item);
    this.#formula.hidden = item.formula === null;
    if (item.formula !== null) writeTex(this.#formula, item.formula);
    paintOutput(this.#canvas, item, room.width, room.height);
    this.#fillTerms(item);
    this.#values.replaceChildren(...item.values.map(valueRow));
    const samples = item.samples.length > 0 ? `Samples ${item.samples.map(formatCount).join(', ')}.` : '';
    this.#note.textContent = [samples, item.note ?? ''].filter(Boolean).join(' ');
    this.#note.hidden = this.#note.textContent === '';
  }

  #fillTerms(item: StepItem): void {
    this.#terms.hidden = item.terms.length === 0;
    if (item.terms.length === 0) return;
    const head = document.createElement('tr');
    head.append(
      part('th', ''),
      ...item.columns.map((column) => {
        const cell = part('th', '');
        writeTex(cell, column);
        return cell;
      }),
    );
    const rows = item.terms.map(({ name, numbers }) => row([name, ...numbers.map(numberOf)]));
    const rest = restOf(item);
    this.#terms.replaceChildren(head, ...rows, ...(rest ? [row([rest])] : []));
    const last = this.#terms.lastElementChild?.firstElementChild as HTMLTableCellElement | null;
    if (rest && last) last.colSpan = item.columns.length + 1;
  }
}

function row(texts: readonly string[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.append(
    ...texts.map((text) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      return cell;
    }),
  );
  return line;
}

function valueRow({ symbol, value, text }: StepItem['values'][number]): HTMLTableRowElement {
  const line = row(['', numberOf(value), text]);
  // Raised once more as a superscript, the sign of a prime would float away.
  writeTex(line.firstElementChild as HTMLElement, `${symbol.replaceAll("'", String.raw`{\prime}`)} =`);
  return line;
}
