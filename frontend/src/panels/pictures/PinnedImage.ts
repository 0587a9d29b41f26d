/** One image of a grid, pinned: as large as the panel, and what each of its pixels was made from. */
import { Pen } from '../../draw/canvas';
import { formatNumber } from '../../draw/format';
import { imageStack } from '../../draw/tiles';
import type { ImageGridItem } from '../../words/frames';
import type { GridView } from './gridView';
import { paintImage } from './loupe';
import { outline, type Pixel, paintStory, type Story, seenWords } from './paintWorking';
import type { Parts } from './parts';
import { workingOf } from './working';

export interface Pinned {
  readonly view: GridView;
  readonly index: number;
  readonly node: string;
  /** What the pixels were made from; null where that is not measured. */
  readonly parts: Parts | null;
  /** The picture of the data. */
  readonly input: ImageGridItem | null;
}

const NAME = 18;
/** Of the width, where there is something to tell beside the image. */
const SHARE = 0.46;

export class PinnedImage {
  readonly canvas = document.createElement('canvas');
  readonly back = document.createElement('button');
  #pinned: Pinned | null = null;
  #pixel: Pixel | null = null;
  #cell = 1;
  #size = { width: 0, height: 0 };
  readonly #close: () => void;

  constructor(host: HTMLElement, close: () => void) {
    this.#close = close;
    this.canvas.className = 'panel-pinned';
    this.canvas.setAttribute('role', 'img');
    this.back.type = 'button';
    this.back.className = 'panel-back';
    this.back.addEventListener('click', close);
    host.append(this.canvas, this.back);
    for (const name of ['pointermove', 'pointerdown'] as const) this.canvas.addEventListener(name, this.#move);
    this.hide();
  }

  /** The pixel that is pointed at, with its arithmetic; null for none. */
  get story(): Story | null {
    const [pinned, pixel] = [this.#pinned, this.#pixel];
    if (!pinned || !pixel) return null;
    const { height, width } = imageStack(pinned.view.images);
    if (pixel.row >= height || pixel.column >= width) return null;
    const { parts, node, index, input } = pinned;
    // Features of a sequence are rows of one picture, and maps of one row.
    const isSequence = parts?.maps(node)?.height === 1 && height > 1;
    const [map, row] = isSequence ? [pixel.row, 0] : [index, pixel.row];
    return {
      pixel,
      input,
      working: parts ? workingOf(parts, node, map, row, pixel.column) : null,
      seen: parts?.seen(node, row, pixel.column) ?? null,
    };
  }

  get isShown(): boolean {
    return !this.canvas.hidden;
  }

  show(pinned: Pinned, width: number, height: number): void {
    this.#pinned = pinned;
    this.#size = { width, height };
    this.canvas.hidden = false;
    this.back.hidden = false;
    this.back.textContent = `All ${pinned.view.total}`;
    this.#paint();
  }

  hide(): void {
    this.canvas.hidden = true;
    this.back.hidden = true;
    this.#pinned = null;
    this.#pixel = null;
  }

  /** Leaves the pinned image; true where there was one. */
  escape(): boolean {
    if (!this.isShown) return false;
    this.#close();
    return true;
  }

  #paint(): void {
    const pinned = this.#pinned;
    const { width, height } = this.#size;
    const pen = Pen.on(this.canvas, width, height);
    const story = this.story;
    this.#tell(story);
    if (!pinned || !pen) return;
    const stack = imageStack(pinned.view.images);
    const room = pinned.parts ? width * SHARE : width;
    this.#cell = Math.max(1, Math.floor(Math.min(room / stack.width, (height - NAME) / stack.height)));
    paintImage(pen, pinned.view, pinned.index, this.#cell);
    const below = stack.height * this.#cell;
    pen.text(pinned.view.nameOf(pinned.index), 0, below + 13, { colour: pen.colour('ink-2'), most: room });
    if (!pinned.parts) return;
    const left = Math.min(room, stack.width * this.#cell) + 16;
    if (!story) {
      pen.text('Point at a pixel to see what made it.', left, 24, { colour: pen.colour('ink-3'), most: width - left });
      return;
    }
    const { row, column } = story.pixel;
    const [x, y] = [column * this.#cell, row * this.#cell];
    outline(pen, { x, y, width: this.#cell, height: this.#cell });
    paintStory(pen, { x: left, y: 2, width: width - left, height: height - 4 }, story);
  }

  /** The same in words, for those who do not see it and for tests. */
  #tell(story: Story | null): void {
    const working = story?.working;
    const { dataset } = this.canvas;
    delete dataset.value;
    delete dataset.result;
    if (working) dataset.value = String(working.value);
    if (working && working.result !== null) dataset.result = String(working.result);
    const words = story ? [`Row ${story.pixel.row + 1}, column ${story.pixel.column + 1}`, seenWords(story.seen)] : [];
    const line = working ? `value ${formatNumber(working.value)}: ${working.line}` : '';
    const name = this.#pinned ? this.#pinned.view.nameOf(this.#pinned.index) : '';
    this.canvas.setAttribute('aria-label', [name, ...words, line].filter(Boolean).join('; '));
  }

  #move = (event: PointerEvent): void => {
    const pinned = this.#pinned;
    if (!pinned) return;
    const box = this.canvas.getBoundingClientRect();
    const { height, width } = imageStack(pinned.view.images);
    const column = Math.floor((event.clientX - box.left) / this.#cell);
    const row = Math.floor((event.clientY - box.top) / this.#cell);
    // Beside the image the last pixel stays, so that its story can be read.
    if (row < 0 || column < 0 || row >= height || column >= width) return;
    this.#pixel = { row, column };
    this.#paint();
  };
}
