/** Paints tiles, links and feet of the graph from the newest frames, past React; tells what lies under the pointer. */
import { formatFixed, formatNumber } from '../draw';
import { Pen } from '../draw/canvas';
import { Digest } from '../draw/digest';
import type { RunRecord } from '../stores/record';
import type { Layout, Tile } from './layout';
import { curveOf, type Link, linkAt, opacityOf, placeOn, scaleEnd, shadeOf, sizeOf, widthOf } from './links';
import {
  biasOf,
  connectionsFrame,
  distributionOf,
  featuresIn,
  linksOf,
  pictureOf,
  picturesOf,
  unitOf,
  unitsFrame,
} from './measured';
import type { Stack } from './stack';
import { endsOf, paintTile, wipe } from './tile';
import { measuredOf, shortTitle } from './words';

export interface Scene {
  readonly stack: Stack;
  readonly layout: Layout;
  readonly record: RunRecord | null;
  readonly width: number;
  readonly height: number;
  /** True where the output is told as shares, false where it is a number. */
  readonly hasClasses: boolean;
  /** The unit that is looked at. */
  readonly chosen: Pick<Tile, 'column' | 'unit'> | null;
}

/** A weight by its ends, as it stays the same from frame to frame. */
interface Ends {
  readonly from: Tile;
  readonly to: Tile;
}

export interface PointedWeight extends Link {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

const isSame = (a: Tile, b: Pick<Tile, 'column' | 'unit'>): boolean => a.column === b.column && a.unit === b.unit;

export class Painter {
  readonly #host: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #tip: HTMLElement;
  readonly #end: HTMLElement[];
  #scene: Scene | null = null;
  /** The last run of which something was shown. */
  #shown: RunRecord | null = null;
  #links: Link[] = [];
  #scale: { readonly record: RunRecord | null; end: number } = { record: null, end: 1 };
  #pointed: Ends | null = null;

  constructor(host: HTMLElement, legend: HTMLElement | null) {
    this.#host = host;
    this.#canvas = host.querySelector('.points-links') as HTMLCanvasElement;
    this.#tip = host.querySelector('.points-tip') as HTMLElement;
    this.#end = [...(legend?.querySelectorAll<HTMLElement>('[data-end]') ?? [])];
  }

  draw(given: Scene): void {
    const scene = this.#standing(given);
    this.#scene = scene;
    this.#paintTiles(scene);
    this.#paintLinks(scene);
    this.#writeFeet(scene);
    this.#showTip();
  }

  /** Until a new run has something to show, the pictures of the one before stand. */
  #standing(scene: Scene): Scene {
    const { record } = scene;
    if (unitsFrame(record?.frames)) this.#shown = record;
    const isAwaited = record !== null && performance.now() < record.awaitedUntil;
    return isAwaited && this.#shown ? { ...scene, record: this.#shown } : scene;
  }

  /** Points at a place of the graph. @returns True where there is a link. */
  pointAt(x: number, y: number): boolean {
    this.#pointed = linkAt(this.#links, x, y);
    this.#refresh();
    return this.#pointed !== null;
  }

  /** Points at one of the weights that a unit reads, counted around; null points at none. */
  pointInto(tile: Pick<Tile, 'column' | 'unit'>, index: number | null): void {
    const into = this.#links.filter((link) => isSame(link.to, tile));
    const at = index === null || into.length === 0 ? null : ((index % into.length) + into.length) % into.length;
    this.#pointed = at === null ? null : (into[at] ?? null);
    this.#refresh();
  }

  /** The weight that is pointed at, and the middle of its line. */
  get pointed(): PointedWeight | null {
    const link = this.#links.find((one) => this.#isPointed(one));
    if (!link || !this.#scene) return null;
    const { stack } = this.#scene;
    const name = `weight from ${shortTitle(stack, link.from)} to ${shortTitle(stack, link.to)}`;
    return { ...link, ...placeOn(curveOf(link), 0.5), name };
  }

  leave(): void {
    if (!this.#pointed) return;
    this.#pointed = null;
    this.#refresh();
  }

  #refresh(): void {
    if (this.#scene) this.#strokeLinks(this.#scene);
    this.#showTip();
  }

  // --- tiles

  #paintTiles(scene: Scene): void {
    const frame = unitsFrame(scene.record?.frames);
    const features = featuresIn(scene.record);
    if (frame) this.#host.dataset.step = String(frame.step);
    else delete this.#host.dataset.step;
    this.#host.dataset.run = frame?.run ?? '';
    for (const button of this.#host.querySelectorAll<HTMLElement>('.unit')) {
      const tile = { column: Number(button.dataset.column), unit: Number(button.dataset.unit) };
      const column = scene.stack[tile.column];
      const item = column && picturesOf(frame, column);
      const unit = unitOf(tile, features);
      const values = item && unit >= 0 ? pictureOf(item, unit) : undefined;
      const canvas = button.querySelector('canvas');
      if (!canvas) continue;
      if (!column || !item || !values) wipe(button, canvas);
      else {
        paintTile(canvas, item, values, endsOf(column, item, values, scene.hasClasses));
        button.dataset.digest = new Digest().addAll(values).toString();
      }
    }
  }

  // --- links

  #paintLinks(scene: Scene): void {
    const frame = connectionsFrame(scene.record?.frames);
    this.#links = linksOf(frame, scene.stack, scene.layout.columns, featuresIn(scene.record));
    this.#links.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight));
    if (this.#scale.record !== scene.record) this.#scale = { record: scene.record, end: 1 };
    // The scale grows by round steps and never shrinks, so that a line that stands still keeps its width.
    this.#scale.end = Math.max(this.#scale.end, scaleEnd(this.#links));
    const largest = Math.abs(this.#links.at(-1)?.weight ?? 0);
    const ends: Record<string, string> = {
      low: formatNumber(-this.#scale.end),
      high: formatNumber(this.#scale.end),
      most: this.#links.length > 0 ? `largest ${formatFixed(largest, 2)}` : '',
    };
    for (const element of this.#end) {
      const text = ends[element.dataset.end ?? ''] ?? '';
      if (element.textContent !== text) element.textContent = text;
    }
    this.#canvas.dataset.step = frame ? String(frame.step) : '';
    this.#canvas.dataset.links = String(this.#links.length);
    const digest = new Digest();
    for (const item of frame?.items ?? []) digest.addAll(item.images.data);
    this.#canvas.dataset.digest = digest.toString();
    this.#strokeLinks(scene);
  }

  #strokeLinks({ width, height, chosen, stack }: Scene): void {
    const pen = Pen.on(this.#canvas, width, height);
    if (!pen) return;
    const numInto = new Map<number, number>();
    for (const { to } of this.#links) numInto.set(to.column, (numInto.get(to.column) ?? 0) + 1);
    const isOf = (link: Link): boolean | null =>
      chosen && stack[chosen.column] ? isSame(link.to, chosen) || isSame(link.from, chosen) : null;
    const pointed = this.#pointed && this.#links.find((link) => this.#isPointed(link));
    for (const link of this.#links) {
      const size = sizeOf(link.weight, this.#scale.end);
      const opacity = opacityOf(size, numInto.get(link.to.column) ?? 0, isOf(link));
      stroke(pen, link, widthOf(size), shadeOf(link.weight, size), opacity);
    }
    if (pointed) {
      const size = sizeOf(pointed.weight, this.#scale.end);
      stroke(pen, pointed, widthOf(size) + 1.5, shadeOf(pointed.weight, Math.max(0.5, size)), 1);
    }
  }

  #isPointed(link: Link): boolean {
    const at = this.#pointed;
    return at !== null && isSame(link.from, at.from) && isSame(link.to, at.to);
  }

  // --- words

  #writeFeet({ stack, record, layout }: Scene): void {
    for (const foot of this.#host.querySelectorAll<HTMLElement>('.points-foot')) {
      const column = stack[Number(foot.dataset.column)];
      const text = column?.part === 'hidden' ? measuredOf(distributionOf(record?.frames, column), layout.words) : '';
      if (foot.textContent !== text) foot.textContent = text;
    }
  }

  /** The weight that is pointed at, else the bias of the unit that is looked at. */
  #showTip(): void {
    const { stack, record, chosen, layout, width } = this.#scene as Scene;
    const link = this.#links.find((one) => this.#isPointed(one));
    const tile = chosen && layout.columns[chosen.column]?.tiles.find((one) => isSame(one, chosen));
    const column = chosen ? stack[chosen.column] : undefined;
    const bias = column && chosen ? biasOf(connectionsFrame(record?.frames), column, chosen.unit) : undefined;
    if (link) {
      const middle = placeOn(curveOf(link), 0.5);
      this.#say(`weight from ${shortTitle(stack, link.from)} to ${shortTitle(stack, link.to)}`, link.weight);
      this.#place(middle.x, middle.y - 12, width);
    } else if (tile && bias !== undefined) {
      this.#say('bias', bias);
      const half = this.#tip.offsetWidth / 2;
      this.#place(tile.x - tile.side / 2 - half - 8, tile.y + this.#tip.offsetHeight / 2, width);
    } else this.#tip.hidden = true;
  }

  #say(name: string, value: number): void {
    const [label, number] = this.#tip.children as unknown as [HTMLElement, HTMLElement];
    if (label.textContent !== name) label.textContent = name;
    number.textContent = formatFixed(value, 2);
    this.#tip.hidden = false;
  }

  /** Above a place, within the graph. */
  #place(x: number, y: number, width: number): void {
    const half = this.#tip.offsetWidth / 2;
    const left = Math.round(Math.min(width - half - 4, Math.max(half + 4, x)) - half);
    this.#tip.style.transform = `translate(${left}px,${Math.round(Math.max(2, y - this.#tip.offsetHeight))}px)`;
  }
}

function stroke(pen: Pen, link: Link, width: number, shade: number, opacity: number): void {
  const { context } = pen;
  const { x0, y0, x1, y1 } = curveOf(link);
  const middle = (x0 + x1) / 2;
  context.globalAlpha = opacity;
  context.strokeStyle = pen.theme.diverging.css(shade);
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  context.stroke();
  context.globalAlpha = 1;
}
