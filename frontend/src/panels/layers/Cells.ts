/** The places of the small multiples as buttons over the canvas: hover and focus enlarge, a click pins, Escape lets go. */
import type { Layout } from './layout';
import { QUANTITIES, type Row } from './rows';

export interface Place {
  readonly node: string;
  readonly quantity: number;
}

const same = (a: Place | null, b: Place | null): boolean => a?.node === b?.node && a?.quantity === b?.quantity;

export class Cells {
  readonly #box = document.createElement('div');
  readonly #changed: () => void;
  readonly #card: string;
  #key = '';
  #hovered: Place | null = null;
  #focused: Place | null = null;
  pinned: Place | null = null;

  constructor(host: HTMLElement, card: string, changed: () => void) {
    this.#changed = changed;
    this.#card = card;
    this.#box.className = 'layers-cells';
    host.append(this.#box);
    this.#box.addEventListener('pointerover', this.#over);
    this.#box.addEventListener('pointerleave', () => this.#hover(null));
    this.#box.addEventListener('focusin', (event) => this.#focus(this.#placeOf(event.target)));
    this.#box.addEventListener('focusout', () => this.#focus(null));
    this.#box.addEventListener('click', this.#click);
    this.#box.addEventListener('keydown', this.#keydown);
  }

  /** What is enlarged: what is pointed at, else what is pinned, else what has the focus. */
  get shown(): Place | null {
    return this.#hovered ?? this.pinned ?? this.#focused;
  }

  /** Makes the buttons anew only where there are other rows or another layout. */
  update(layout: Layout, rows: readonly Row[]): void {
    const key = [layout.width, layout.rowHeight, layout.cells[0]?.width, ...rows.map(keyOf)].join('|');
    if (key === this.#key) return;
    this.#key = key;
    const had = this.#focused;
    this.#box.replaceChildren(
      ...rows.flatMap((row, i) =>
        QUANTITIES.flatMap((_, quantity) => (row.items[quantity] ? [this.#button(layout, row, i, quantity)] : [])),
      ),
    );
    const first = this.#box.querySelector('button');
    if (first) first.tabIndex = 0;
    if (had) this.#buttonAt(had)?.focus({ preventScroll: true });
  }

  /** Marks the enlarged one. */
  mark(): void {
    for (const button of this.#box.querySelectorAll('button')) {
      const place = this.#placeOf(button);
      button.toggleAttribute('data-shown', same(place, this.shown));
      button.setAttribute('aria-pressed', String(same(place, this.pinned)));
    }
  }

  #button(layout: Layout, row: Row, index: number, quantity: number): HTMLButtonElement {
    const button = document.createElement('button');
    const span = layout.cells[quantity];
    button.type = 'button';
    button.tabIndex = -1;
    button.dataset.node = row.node;
    button.dataset.quantity = String(quantity);
    button.setAttribute('aria-label', `${row.node}, ${QUANTITIES[quantity]?.title}`);
    button.setAttribute('aria-describedby', this.#card);
    button.style.left = `${span?.x ?? 0}px`;
    button.style.width = `${span?.width ?? 0}px`;
    button.style.top = `${index * layout.rowHeight}px`;
    button.style.height = `${layout.rowHeight}px`;
    return button;
  }

  #placeOf(target: EventTarget | null): Place | null {
    const button = (target as HTMLElement | null)?.closest<HTMLElement>('[data-node]');
    const node = button?.dataset.node;
    return node === undefined ? null : { node, quantity: Number(button?.dataset.quantity) };
  }

  #buttonAt({ node, quantity }: Place): HTMLButtonElement | undefined {
    return [...this.#box.querySelectorAll('button')].find(
      (button) => button.dataset.node === node && button.dataset.quantity === String(quantity),
    );
  }

  #over = (event: Event): void => this.#hover(this.#placeOf(event.target));

  #hover(place: Place | null): void {
    if (same(place, this.#hovered)) return;
    this.#hovered = place;
    this.#changed();
  }

  #focus(place: Place | null): void {
    if (same(place, this.#focused)) return;
    this.#focused = place;
    this.#changed();
  }

  #click = (event: Event): void => {
    const place = this.#placeOf(event.target);
    if (!place) return;
    this.pinned = same(place, this.pinned) ? null : place;
    this.#changed();
  };

  #keydown = (event: KeyboardEvent): void => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const place = this.#placeOf(event.target);
    if (event.key === 'Escape' && this.pinned) this.pinned = null;
    else if (move && place) this.#moveFocus(place, move[0] ?? 0, move[1] ?? 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#changed();
  };

  /** To the next button in that direction, past nodes that have none there. */
  #moveFocus(from: Place, rows: number, columns: number): void {
    const buttons = [...this.#box.querySelectorAll('button')];
    const nodes = [...new Set(buttons.map((button) => button.dataset.node))];
    let [row, quantity] = [nodes.indexOf(from.node), from.quantity];
    for (;;) {
      row += rows;
      quantity += columns;
      const node = nodes[row];
      if (node === undefined || quantity < 0 || quantity >= QUANTITIES.length) return;
      const next = this.#buttonAt({ node, quantity });
      if (!next) continue;
      for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
      next.focus();
      return;
    }
  }
}

const keyOf = (row: Row): string => `${row.node} ${row.items.map((item) => (item ? 1 : 0)).join('')}`;
