/** Numbers by row and column as colours: units over a sequence, weights of attention. Several of one node stand side by side. */
import type { Box, Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatNumber } from '../../draw/format';
import { asShape, type HeatmapItem } from '../../words/frames';
import { type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { type Lookup, Picture } from '../picture';
import type { TipRow } from '../tip';
import { Freshness, metaOf } from '../words';
import { fitMaps, type Layout } from './layout';
import { areAlike, choiceOf, choicesOf, partOf, placeAt, scalesOf, shownMaps, sizeOf, summaryOf } from './maps';
import { namesWidth, paintCells, paintColumnNames, paintRowNames, paintScales, paintTitle } from './paint';

/** Name of the option that holds the node, or one map of it. */
const LAYER = 'layer';
/** More values than this are not listed beside the pointer. */
const MOST_LISTED = 8;

export class HeatmapDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #fresh = new Freshness();
  #layout: Layout = { across: 1, shown: 0, boxes: [] };
  #maps: readonly HeatmapItem[] = [];
  #pin: (index: number) => void = () => undefined;

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
    this.#picture.canvas.addEventListener('click', this.#click);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'heatmap');
    const pen = this.#picture.pen(scene);
    this.#maps = frame ? shownMaps(frame, scene.options[LAYER]) : [];
    const [first] = this.#maps;
    if (!frame || !first) return drawn({ meta: 'no steps yet' });
    const ofNode = frame.items.filter((item) => item.node === first.node);
    this.#pin = (index) => {
      const item = this.#maps[index];
      if (item && ofNode.length > 1) scene.setOption(LAYER, this.#maps.length > 1 ? choiceOf(item) : item.node);
    };
    this.#picture.canvas.style.cursor = ofNode.length > 1 ? 'pointer' : '';
    if (pen) this.#paint(pen, scene);
    const digest = new Digest();
    for (const { values } of this.#maps) digest.addAll(values.data);
    const isSome = pen !== null && this.#layout.shown < this.#maps.length;
    const count = isSome ? `${this.#layout.shown} of ${this.#maps.length} shown · ` : '';
    const isSingle = this.#maps.length === 1 && ofNode.length > 1;
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: first.node,
      meta: `${count}${metaOf(frame, scene.size)}`,
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      summary: summaryOf(this.#maps, frame.step),
      digest: digest.toString(),
      layers: choicesOf(frame),
      layer: isSingle ? choiceOf(first) : first.node,
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'heatmap');
    const maps = frame ? shownMaps(frame, scene.options[LAYER]) : [];
    const [first] = maps;
    if (!first) return { columns: [''], rows: [] };
    const widest = Math.max(...maps.map((item) => sizeOf(item).columns));
    const names = Array.from({ length: widest }, (_, i) => placeAt(first.column_names, i));
    return {
      columns: [...(maps.length > 1 ? [''] : []), `${first.row_title} \\ ${first.column_title}`, ...names],
      rows: maps.flatMap((item) => rowsOf(item).map((row) => (maps.length > 1 ? [item.title, ...row] : row))),
    };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#picture.canvas.removeEventListener('click', this.#click);
    this.#picture.dispose();
  }

  #paint(pen: Pen, scene: Scene): void {
    const maps = this.#maps;
    const first = maps[0] as HeatmapItem;
    const line = 14 * pen.theme.textScale;
    const isSmall = scene.size === 'S';
    const titles = isSmall ? 0 : Math.ceil(Math.max(pen.measure(first.row_title), pen.measure(first.column_title))) + 7;
    const most = pen.width * 0.2;
    const left = Math.max(...maps.map((item) => namesWidth(pen, item, most)), Math.min(titles, most));
    const foot = line + 8;
    const shares = areAlike(maps);
    const { rows, columns } = sizeOf(first);
    const isSquare = Boolean(first.row_names && first.column_names);
    const room = { width: pen.width, height: pen.height - foot, left, top: line + 4, bottom: line + 2, shares };
    this.#layout = fitMaps(maps.length, { rows, columns, isSquare }, room);
    const { across, boxes, shown } = this.#layout;
    const scales = scalesOf(maps);
    const pitch = across > 1 ? (boxes[1] as Box).x - (boxes[0] as Box).x - 10 : pen.width - left;
    boxes.forEach((box, i) => {
      const item = maps[i] as HeatmapItem;
      paintCells(pen, item, box);
      paintTitle(pen, item, box, Math.max(box.width, pitch - (shares ? 0 : left)), scales.length > 1);
      if (!shares || i % across === 0) paintRowNames(pen, item, box, left);
      if (shares && i + across < shown) return;
      const baseline = box.y + box.height + line - 2;
      paintColumnNames(pen, item, box, baseline);
      if (!isSmall && (!shares || i % across === 0))
        pen.text(item.column_title, box.x - 6, baseline, { align: 'right', most: left - 6 });
    });
    const corner = boxes[0];
    if (corner && !isSmall) pen.text(first.row_title, corner.x - 6, corner.y - 5, { align: 'right', most: left - 6 });
    paintScales(pen, scales, maps.length, partOf(first));
    this.#picture.lookup = (x, y) => lookUp(maps, this.#layout, shares, x, y);
    this.#picture.refreshTip();
  }

  #click = (event: MouseEvent): void => {
    const box = this.#picture.canvas.getBoundingClientRect();
    const index = mapAt(this.#layout, event.clientX - box.left, event.clientY - box.top);
    if (index >= 0) this.#pin(index);
  };
}

function rowsOf(item: HeatmapItem): string[][] {
  const { rows, columns } = sizeOf(item);
  return Array.from({ length: rows }, (_, row) => [
    placeAt(item.row_names, row),
    ...Array.from(item.values.data.subarray(row * columns, (row + 1) * columns), (value) =>
      Number.isNaN(value) ? '' : String(value),
    ),
  ]);
}

const mapAt = ({ boxes }: Layout, x: number, y: number): number =>
  boxes.findIndex((box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height);

const valueText = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'empty' : formatNumber(value);

/** Names and value of the cell under the pointer; of maps that are alike the values of the others at the same place. */
export function lookUp(
  maps: readonly HeatmapItem[],
  layout: Layout,
  shares: boolean,
  x: number,
  y: number,
): ReturnType<Lookup> {
  const index = mapAt(layout, x, y);
  const [item, box] = [maps[index], layout.boxes[index]];
  if (!item || !box) return null;
  const { rows, columns } = sizeOf(item);
  const [wide, high] = [box.width / columns, box.height / rows];
  const [column, row] = [Math.floor((x - box.x) / wide), Math.floor((y - box.y) / high)];
  const at = row * columns + column;
  const others = shares && maps.length <= MOST_LISTED ? maps : [item];
  const tip: TipRow[] = [
    { name: item.row_title, value: placeAt(item.row_names, row) },
    { name: item.column_title, value: placeAt(item.column_names, column) },
    ...others.map((one) => ({
      name: one.title,
      value: valueText(one.values.data[at]),
      isStrong: one === item,
    })),
  ];
  return { rows: tip, x: box.x + (column + 0.5) * wide, clear: wide / 2 };
}
