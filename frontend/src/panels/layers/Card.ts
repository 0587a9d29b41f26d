/** One small multiple enlarged in its place, with its numbers; it stays when it is pinned. */
import { Pen } from '../../draw/canvas';
import type { Range } from '../../draw/ticks';
import type { HistogramItem } from '../../words/frames';

export interface CardContent {
  readonly title: string;
  readonly meta: string;
  readonly item: HistogramItem;
  readonly axis: Range;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly isPinned: boolean;
}

const MARGIN = 6;
/** Height of the picture: its least pixels, and its share of the width where there is room. */
const LEAST = 40;
const SHAPE = 0.4;
/** Characters of a name with its value that leave room for another one beside it. */
const MOST_BESIDE = 16;
type Fact = CardContent['facts'][number];
const isWide = ([name, value]: Fact): boolean => name.length + value.length > MOST_BESIDE;
const narrowFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter((fact) => !isWide(fact)),
  ...facts.filter(isWide),
];
const element = (name: string, className: string): HTMLElement => {
  const made = document.createElement(name);
  made.className = className;
  return made;
};

export class Card {
  readonly #host: HTMLElement;
  readonly #box = element('div', 'layers-card');
  readonly #title = element('b', 'layers-card-title');
  readonly #meta = element('span', 'layers-card-meta');
  readonly #canvas = document.createElement('canvas');
  readonly #facts = element('dl', 'layers-card-facts');
  readonly #paint: (pen: Pen, item: HistogramItem, axis: Range) => void;

  constructor(host: HTMLElement, id: string, paint: (pen: Pen, item: HistogramItem, axis: Range) => void) {
    this.#host = host;
    this.#paint = paint;
    this.#box.id = id;
    this.#box.hidden = true;
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#box.append(this.#title, this.#meta, this.#canvas, this.#facts);
    host.append(this.#box);
  }

  /** Beside the small multiple at `x … x + width`, `y` pixels below the upper edge, never over it where there is room. */
  show(content: CardContent, at: { x: number; y: number; width: number; height: number }): void {
    this.#title.textContent = content.title;
    this.#meta.textContent = content.isPinned ? `${content.meta} · pinned, Esc lets go` : content.meta;
    this.#facts.replaceChildren(
      ...narrowFirst(content.facts).flatMap(([name, value]) => {
        const [term, description] = [document.createElement('dt'), document.createElement('dd')];
        term.textContent = name;
        term.toggleAttribute('data-wide', isWide([name, value]));
        description.textContent = value;
        return [term, description];
      }),
    );
    this.#box.toggleAttribute('data-pinned', content.isPinned);
    this.#box.hidden = false;
    this.#stretch();
    this.#place(at);
    const pen = Pen.on(this.#canvas, this.#canvas.clientWidth, this.#canvas.clientHeight);
    if (pen) this.#paint(pen, content.item, content.axis);
  }

  hide(): void {
    this.#box.hidden = true;
  }

  /** The picture is as high as it looks well and the panel has room for. */
  #stretch(): void {
    const beside = this.#box.offsetHeight - this.#canvas.offsetHeight;
    const wanted = this.#canvas.offsetWidth * SHAPE;
    this.#canvas.style.height = `${Math.round(Math.max(LEAST, Math.min(wanted, this.#host.clientHeight - beside)))}px`;
  }

  #place({ x, y, width, height }: { x: number; y: number; width: number; height: number }): void {
    const { clientWidth: wide, clientHeight: high } = this.#host;
    const { offsetWidth: boxWidth, offsetHeight: boxHeight } = this.#box;
    const [right, left] = [x + width + MARGIN, x - MARGIN - boxWidth];
    const hasRoom = right + boxWidth <= wide || left >= 0;
    const across = right + boxWidth <= wide ? right : left >= 0 ? left : x + width / 2 < wide / 2 ? wide - boxWidth : 0;
    const wanted = hasRoom ? y - MARGIN : y + height + boxHeight <= high ? y + height : y - boxHeight;
    const down = Math.min(Math.max(0, wanted), Math.max(0, high - boxHeight));
    this.#box.style.transform = `translate(${Math.round(across)}px,${Math.round(down)}px)`;
  }
}
