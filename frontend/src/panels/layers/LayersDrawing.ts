/** A row for each layer: its activation, its weight and the gradients of both, live, and the numbers of one of them. */
import { Pen, pictureOf } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatNumber } from '../../draw/format';
import { textWidth } from '../../draw/text';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, type Table } from '../drawing';
import { checkOf } from '../props';
import { Freshness, metaOf } from '../words';
import { Axes } from './Axes';
import { Card } from './Card';
import { Cells } from './Cells';
import { HEAD, type Layout, layoutOf } from './layout';
import { columnsOf, factsOf, tableOf, UPDATE_RATIO } from './numbers';
import { type AxisOf, paintHead, paintLarge, paintRows } from './paint';
import { type Frames, framesOf, QUANTITIES, type Quantity, type Row, rowsOf } from './rows';
import { measuredOf } from './words';
import './layers.css';

export const NUMBERS_OF: Choice = {
  name: 'numbers',
  label: 'Numbers of',
  place: 'menu',
  values: ['activation', 'its gradient', 'weight', 'weight gradient'].map((label, i) => ({ value: String(i), label })),
};
export const AXES: Choice = {
  name: 'axes',
  label: 'Axes',
  place: 'menu',
  values: [
    { value: 'own', label: 'own' },
    { value: 'shared', label: 'one a column' },
  ],
};
export const LAYER_ROWS: Choice = {
  name: 'rows',
  label: 'Layers',
  place: 'menu',
  values: [
    { value: 'all', label: 'all' },
    { value: 'main', label: 'with weights' },
  ],
};

let numMade = 0;

export class LayersDrawing implements Drawing {
  readonly #host: HTMLElement;
  readonly #head = document.createElement('canvas');
  readonly #scroll = document.createElement('div');
  readonly #content = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #cells: Cells;
  readonly #card: Card;
  readonly #axes = new Axes();
  readonly #fresh = new Freshness();
  /** The last drawing, to be drawn whole into a file. */
  #last: { layout: Layout; rows: readonly Row[]; axisOf: AxisOf; numbersOf: number } | null = null;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#host = host;
    numMade += 1;
    const id = `layers-card-${numMade}`;
    this.#head.className = 'layers-head';
    this.#scroll.className = 'layers-scroll';
    this.#content.className = 'layers-content';
    this.#canvas.className = 'layers-canvas';
    for (const canvas of [this.#head, this.#canvas]) canvas.setAttribute('aria-hidden', 'true');
    this.#content.append(this.#canvas);
    this.#scroll.append(this.#content);
    host.append(this.#head, this.#scroll);
    this.#cells = new Cells(this.#content, id, redraw);
    this.#card = new Card(host, id, paintLarge);
    this.#scroll.addEventListener('scroll', redraw, { passive: true });
  }

  draw(scene: Scene): Drawn {
    const { props, options } = scene;
    const frames = framesOf(scene);
    const rows = rowsOf(frames, checkOf(props), chosen(options, LAYER_ROWS));
    this.#scroll.hidden = rows.length === 0;
    if (rows.length === 0) {
      this.#card.hide();
      return drawn({ unit: 'by layer', meta: 'no steps yet' });
    }
    const { textScale } = theme();
    const widest = Math.max(...rows.map((row) => textWidth(row.node, theme())));
    const room = (scene.height - HEAD * textScale - 1) / rows.length;
    const numbersOf = Number(chosen(options, NUMBERS_OF));
    const layout = layoutOf(scene.width - 8, widest, textScale, scene.size, room, columnsOf(rows, numbersOf));
    const isShared = chosen(options, AXES) === 'shared';
    const axisOf = this.#axes.axisOf(`${props.record?.id} ${isShared}`, rows, isShared, scene.now);
    this.#last = { layout, rows, axisOf, numbersOf };
    this.#paint(scene, layout, rows, axisOf, numbersOf);
    this.#enlarge(frames, layout, rows, axisOf);
    const hasNumbers = layout.numbers.some(({ column }) => column.name !== UPDATE_RATIO);
    return this.#drawn(scene, frames, rows, hasNumbers ? (QUANTITIES[numbersOf] ?? null) : null);
  }

  table(scene: Scene): Table {
    const frames = framesOf(scene);
    return tableOf(rowsOf(frames, checkOf(scene.props), chosen(scene.options, LAYER_ROWS)), frames);
  }

  async image(): Promise<string> {
    const canvas = document.createElement('canvas');
    const last = this.#last;
    if (!last) return pictureOf(canvas, theme().colours['bg-surface']);
    const { layout, rows, axisOf, numbersOf } = last;
    const pen = Pen.on(canvas, layout.width, layout.headHeight + rows.length * layout.rowHeight + 1);
    if (pen) {
      paintHead(pen, layout);
      pen.context.translate(0, layout.headHeight);
      paintRows(pen, layout, rows, { top: 0, numbersOf, axisOf });
    }
    return pictureOf(canvas, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#host.replaceChildren();
  }

  #paint(scene: Scene, layout: Layout, rows: readonly Row[], axisOf: AxisOf, numbersOf: number): void {
    const head = Pen.on(this.#head, scene.width, layout.headHeight);
    if (head) paintHead(head, layout);
    const height = Math.max(2, scene.height - layout.headHeight);
    this.#scroll.style.top = `${layout.headHeight}px`;
    this.#content.style.height = `${Math.max(height, rows.length * layout.rowHeight + 1)}px`;
    const pen = Pen.on(this.#canvas, layout.width, height);
    if (pen) paintRows(pen, layout, rows, { top: this.#scroll.scrollTop, numbersOf, axisOf });
    this.#cells.update(layout, rows);
    this.#cells.mark();
  }

  #enlarge(frames: Frames, layout: Layout, rows: readonly Row[], axisOf: AxisOf): void {
    const place = this.#cells.shown;
    const index = rows.findIndex((row) => row.node === place?.node);
    const row = rows[index];
    const [item, span] = place ? [row?.items[place.quantity], layout.cells[place.quantity]] : [];
    const quantity = place && QUANTITIES[place.quantity];
    const frame = quantity && frames.get(quantity.probe);
    if (!place || !row || !item || !span || !frame) {
      this.#card.hide();
      return;
    }
    const parameter = item.parameter && item.parameter !== 'weight' ? ` (${item.parameter})` : '';
    const isPinned = this.#cells.pinned?.node === place.node && this.#cells.pinned.quantity === place.quantity;
    const content = {
      title: `${row.node} · ${quantity.title}${parameter}`,
      meta: metaOf(frame),
      item,
      axis: axisOf(row, place.quantity),
      facts: factsOf(item, row),
      isPinned,
    };
    const y = layout.headHeight + index * layout.rowHeight - this.#scroll.scrollTop;
    this.#card.show(content, { ...span, y, height: layout.rowHeight });
  }

  #drawn(scene: Scene, frames: Frames, rows: readonly Row[], numbersOf: Quantity | null): Drawn {
    const { props } = scene;
    const shown = [...frames.values()].sort((a, b) => a.step - b.step);
    const [oldest, newest] = [shown[0], shown.at(-1)];
    if (!oldest || !newest) return drawn({ unit: 'by layer', meta: 'no steps yet' });
    return drawn({
      state: { kind: 'ready' },
      step: oldest.step,
      unit: 'by layer',
      meta: measuredOf(frames, numbersOf, scene.size),
      tag: this.#fresh.tag(oldest, props, props.record?.progress.step ?? 0, scene.now),
      digest: digestOf(rows),
      summary: summaryOf(rows, oldest.step),
    });
  }
}

/** Of every distribution in the rows, in their order. */
export function digestOf(rows: readonly Row[]): string {
  const digest = new Digest();
  for (const { items, update } of rows) {
    for (const item of items) if (item) digest.addAll(item.counts.data).addAll(item.edges.data);
    if (update) digest.add(update.ratio ?? Number.NaN);
  }
  return digest.toString();
}

function summaryOf(rows: readonly Row[], step: number): string {
  const parts = rows.map(({ node, items, update }) => {
    const said = QUANTITIES.flatMap(({ title }, i) => {
      const item = items[i];
      return item ? [`${title} std ${formatNumber(item.std ?? Number.NaN, 2)}`] : [];
    });
    const ratio = update?.ratio ?? null;
    if (ratio !== null) said.push(`update to weight ${formatNumber(ratio, 2)}`);
    return `${node}: ${said.join(', ')}`;
  });
  return `Step ${step}. ${parts.join('; ')}.`;
}
