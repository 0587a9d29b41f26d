/** Samples with what the network makes of them. A click shows one of them in every panel. */
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { film } from '../../draw/film';
import { formatCount, formatCounted } from '../../draw/format';
import { textWidth } from '../../draw/text';
import { asShape, type ExamplesItem, type FrameOf } from '../../words/frames';
import { type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Freshness, metaOf } from '../words';
import { Cell, type CellLook } from './Cell';
import './examples.css';
import { pictureOfGroup } from './picture';
import { answerOf, unitOf } from './sayings';

/** Name of the option that holds the chosen group. */
const LAYER = 'layer';
/** What may be measured of a sample, as the table has it. */
const MEASURED = ['value', 'probability', 'loss'] as const;
const SIDES = { S: 36, M: 56, L: 96 } as const;
const STRIDE: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class ExamplesDrawing implements Drawing {
  readonly #host: HTMLElement;
  readonly #grid = document.createElement('div');
  readonly #fresh = new Freshness();
  readonly #cells: Cell[] = [];
  #scene: Scene | null = null;
  #drawn = '';
  /** Leaves the film; null while nothing here moves. */
  #leaveFilm: (() => void) | null = null;

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#grid.className = 'examples';
    this.#grid.setAttribute('role', 'group');
    this.#grid.addEventListener('keydown', this.#walk);
    host.append(this.#grid);
  }

  draw(scene: Scene): Drawn {
    this.#scene = scene;
    const found = groupOf(scene);
    this.#follow(found?.item.examples.some((one) => one.frames) ?? false);
    if (!found) {
      this.#grid.hidden = true;
      return drawn({ meta: 'no steps yet' });
    }
    const { frame, item } = found;
    const digest = digestOf(item);
    this.#show(scene, frame, item, digest);
    return drawn({
      state: item.examples.length > 0 ? { kind: 'ready' } : { kind: 'nothing_here', text: `${item.title}: none.` },
      step: frame.step,
      unit: item.title,
      layer: item.node,
      layers: frame.items.map(({ node, title }) => ({ value: node, label: title })),
      meta: [metaOf(frame, scene.size), unitOf(item)].filter(Boolean).join(' · '),
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      digest,
      summary: summaryOf(item, frame.step),
    });
  }

  table(scene: Scene): Table {
    const examples = groupOf(scene)?.item.examples ?? [];
    const hasWords = examples.some((one) => one.text !== null || one.caption !== null);
    const measured = MEASURED.filter((name) => examples.some((one) => one[name] !== null));
    return {
      columns: ['sample', ...(hasWords ? ['input'] : []), 'label', 'prediction', ...measured],
      rows: examples.map((one) => [
        String(one.index),
        ...(hasWords ? [one.text ?? one.caption ?? ''] : []),
        one.label ?? '',
        one.prediction ?? '',
        ...measured.map((name) => String(one[name] ?? '')),
      ]),
    };
  }

  async image(): Promise<string> {
    const item = this.#scene && groupOf(this.#scene)?.item;
    return item ? pictureOfGroup(item, this.#cells, SIDES.L) : '';
  }

  dispose(): void {
    this.#follow(false);
    this.#grid.removeEventListener('keydown', this.#walk);
    this.#host.replaceChildren();
  }

  /** Paints anew with each frame while the samples move. */
  #follow(moves: boolean): void {
    if (moves) this.#leaveFilm ??= film.subscribe(this.#play);
    else this.#leaveFilm?.();
    if (!moves) this.#leaveFilm = null;
  }

  #play = (): void => {
    if (!this.#grid.checkVisibility()) return;
    for (const cell of this.#cells.slice(0, this.#grid.childElementCount)) cell.paint();
  };

  /** Cells are written over in place, so that the focus stays where it is while training goes on. */
  #show(scene: Scene, frame: FrameOf<'examples'>, item: ExamplesItem, digest: string): void {
    const canChoose = frame.split === 'validation' && scene.props.onSample !== undefined;
    const sample = scene.props.sample ?? null;
    const key = [digest, item.node, sample, canChoose, sideOf(scene, item), theme().name, theme().textScale].join();
    if (key === this.#drawn && !this.#grid.hidden) return;
    this.#drawn = key;
    this.#grid.hidden = item.examples.length === 0;
    this.#grid.setAttribute('aria-label', item.title);
    this.#grid.toggleAttribute(
      'data-words',
      item.examples.every((one) => one.image === null),
    );
    const look: CellLook = { item, side: sideOf(scene, item), sample, canChoose };
    this.#grid.style.setProperty('--example', `${Math.ceil(wideOf(item, look.side))}px`);
    while (this.#cells.length < item.examples.length)
      this.#cells.push(new Cell((index) => this.#scene?.props.onSample?.(index)));
    for (const [i, example] of item.examples.entries()) this.#cells[i]?.show(example, look);
    const buttons = this.#cells.slice(0, item.examples.length).map((cell) => cell.button);
    const stop = Math.max(0, buttons.indexOf(document.activeElement as HTMLButtonElement));
    for (const [i, button] of buttons.entries()) button.tabIndex = i === stop ? 0 : -1;
    if (buttons.length !== this.#grid.childElementCount) this.#grid.replaceChildren(...buttons);
  }

  /** One stop of the Tab key; arrows go from sample to sample. */
  #walk = (event: KeyboardEvent): void => {
    const buttons = [...this.#grid.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const stride = STRIDE[event.key];
    if (stride === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[Math.min(buttons.length - 1, Math.max(0, at + stride))];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  };
}

/** What stands around one picture and beside it, CSS pixels. */
const AROUND = { width: 140, height: 16 };

/** Longest side of a picture; one alone is as high as the panel, with its words beside it. */
function sideOf(scene: Scene, item: ExamplesItem): number {
  const { textScale } = theme();
  const usual = SIDES[scene.size] * textScale;
  const room = Math.min(scene.width - AROUND.width * textScale, scene.height - AROUND.height);
  if (item.examples.length === 1) return Math.max(usual, room);
  return LARGER.map((side) => side * textScale).find((side) => side > usual && fits(scene, item, side)) ?? usual;
}

/** Sides that are tried where all samples have room without a scroll, the largest first. */
const LARGER = [160, 128, 96, 80, 64];
/** Two lines of words and what lies around them, and the gap between cells. */
const BELOW = 44;
const GAP = 4;

function fits(scene: Scene, item: ExamplesItem, side: number): boolean {
  const columns = Math.floor((scene.width + GAP) / (wideOf(item, side) + GAP));
  const rows = columns < 1 ? Number.POSITIVE_INFINITY : Math.ceil(item.examples.length / columns);
  return rows * (side + BELOW * theme().textScale + GAP) <= scene.height;
}

/** Padding of a cell at both sides, and its sign. */
const BESIDE = { cell: 8, sign: 16 };
/** Longer words are cut, CSS pixels. */
const MOST_WORDS = 112;
/** `100 % · 43.210` */
const NUMBERS = 70;

/** Width of a column: no picture, no number and no short word is cut. */
function wideOf({ examples }: ExamplesItem, side: number): number {
  const words = examples.map((one) => textWidth(answerOf(one), theme()) + BESIDE.sign);
  const longest = Math.min(Math.max(...words), MOST_WORDS * theme().textScale);
  return Math.max(side, NUMBERS * theme().textScale, longest) + BESIDE.cell;
}

function groupOf(scene: Scene): { frame: FrameOf<'examples'>; item: ExamplesItem } | null {
  const frame = asShape(shownFrame(scene), 'examples');
  const item = frame?.items.find((one) => one.node === scene.options[LAYER]) ?? frame?.items[0];
  return frame && item ? { frame, item } : null;
}

function digestOf(item: ExamplesItem): string {
  const digest = new Digest().addText(item.node);
  for (const one of item.examples) {
    digest.add(one.index, one.loss ?? -1, one.probability ?? -1);
    digest.addText(`${one.label} ${one.prediction} ${one.text}`);
    if (one.image) digest.addAll(one.image.data);
    if (one.heat) digest.addAll(one.heat.data);
    if (one.value !== null) digest.add(one.value);
  }
  return digest.toString();
}

function summaryOf(item: ExamplesItem, step: number): string {
  const wrong = item.examples.filter((one) => one.wrong).length;
  const judged = item.examples.some((one) => one.wrong !== null);
  const words = judged ? `, ${formatCount(wrong)} of them wrong` : '';
  return `${item.title} at step ${formatCount(step)}: ${formatCounted(item.examples.length, 'sample')}${words}.`;
}
