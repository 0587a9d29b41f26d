/** Distributions by layer: all of them now, or one of them through time. */
import { Digest } from '../../draw/digest';
import { formatCount, formatNumber, formatPercent } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { plannedEnd, type Range } from '../../draw/ticks';
import { asShape, type HistogramItem } from '../../words/frames';
import type { Cursor } from '../cursor';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { checkOf } from '../props';
import type { TipRow } from '../tip';
import { Freshness, metaOf } from '../words';
import { type Column, type HeatMap, paintHeatMap } from './heatmap';
import { LayerList } from './LayerList';
import { noteOf, paintRidges, type RidgeRow } from './ridgeline';
import { fitRows, type HistogramFrame, nameOf, rowsOf, valueSpan } from './rows';

export const VIEW: Choice = {
  name: 'view',
  label: 'Show',
  place: 'head',
  values: [
    { value: 'now', label: 'now', icon: 'ridges' },
    { value: 'time', label: 'through time', icon: 'heatmap' },
  ],
};
export const ROWS: Choice = {
  name: 'rows',
  label: 'Layers',
  place: 'menu',
  values: [
    { value: 'main', label: 'with weights' },
    { value: 'all', label: 'all' },
  ],
};
/** Name of the option that holds the layer drawn through time. */
const LAYER = 'layer';

const LEAST_ROW = 17;

const byName = (frame: HistogramFrame, name: string): HistogramItem | undefined =>
  frame.items.find((item) => nameOf(item) === name);

export class HistogramDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #list: LayerList;
  readonly #fresh = new Freshness();
  // Ends need not be ticks here: an axis twice as wide as the values would halve every shape.
  readonly #limits = new StickyLimits({ most: 16 });
  readonly #redraw: () => void;
  #of = '';
  #cursor: Cursor | null = null;
  #leaveCursor: () => void = () => undefined;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#redraw = redraw;
    this.#picture = new Picture(host);
    this.#list = new LayerList(host);
  }

  draw(scene: Scene): Drawn {
    const { props, options } = scene;
    const frame = asShape(shownFrame(scene), 'histogram');
    const isTime = chosen(options, VIEW) === 'time';
    if (!frame || frame.items.length === 0) {
      this.#list.hide();
      return drawn({ unit: 'by layer', meta: 'no steps yet' });
    }
    const rows = rowsOf(frame, checkOf(props), chosen(options, ROWS));
    const digest = isTime ? this.#drawTime(scene, frame, rows) : this.#drawNow(scene, frame, rows);
    this.#picture.refreshTip();
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: isTime
        ? (rows.map(nameOf).find((name) => name === options[LAYER]) ?? nameOf(rows[0] as HistogramItem))
        : 'by layer',
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, props, props.record?.progress.step ?? 0, scene.now),
      digest: digest.toString(),
      summary: summaryOf(frame, rows),
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'histogram');
    const text = (value: number | null): string => (value === null ? '' : String(value));
    return {
      columns: ['layer', 'mean', 'std', 'min', 'max', 'zeros', 'saturated', 'dead', 'elements'],
      rows: (frame?.items ?? []).map((item) => [
        nameOf(item),
        ...[item.mean, item.std, item.min, item.max, item.zeros, item.saturated, item.dead, item.num_elements].map(
          text,
        ),
      ]),
    };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#leaveCursor();
    this.#list.dispose();
    this.#picture.dispose();
  }

  /** The step hovered in another panel has its line here too. */
  #follow(cursor: Cursor): void {
    if (cursor === this.#cursor) return;
    this.#leaveCursor();
    this.#cursor = cursor;
    this.#leaveCursor = cursor.subscribe(this.#redraw);
  }

  #axis(key: string, items: readonly HistogramItem[], now: number): Range {
    if (key !== this.#of) this.#limits.reset();
    this.#of = key;
    return this.#limits.update(valueSpan(items), now);
  }

  #drawNow(scene: Scene, frame: HistogramFrame, rows: readonly HistogramItem[]): Digest {
    this.#list.hide();
    const pen = this.#picture.pen(scene);
    const digest = new Digest();
    if (!pen) return digest;
    const least = LEAST_ROW * pen.theme.textScale;
    const fitting = fitRows(rows, Math.max(1, Math.floor((scene.height - 24) / least)));
    const first = asShape(scene.props.record?.frames.history(scene.probe)[0], 'histogram');
    const ridges: RidgeRow[] = fitting.map((item) => ({
      item,
      first: first && first.step < frame.step ? (byName(first, nameOf(item)) ?? null) : null,
    }));
    const axis = this.#axis(`now ${scene.props.record?.id}`, fitting, scene.now);
    const layout = paintRidges(pen, ridges, axis, scene.size === 'S');
    for (const item of fitting) digest.addAll(item.counts.data).addAll(item.edges.data);
    this.#picture.lookup = (_, y) => {
      const item = fitting[Math.floor((y - layout.top) / layout.rowHeight)];
      return item ? { rows: itemRows(item) } : null;
    };
    return digest;
  }

  #drawTime(scene: Scene, frame: HistogramFrame, rows: readonly HistogramItem[]): Digest {
    const pen = this.#picture.pen(scene);
    const digest = new Digest();
    const wanted = scene.options[LAYER];
    const item = rows.find((row) => nameOf(row) === wanted) ?? rows[0];
    if (!pen || !item) return digest;
    const columns = columnsOf(scene, frame, nameOf(item));
    const left = this.#list.show(rows.map(nameOf), nameOf(item), scene, (name) => scene.setOption(LAYER, name));
    const values = this.#axis(
      `time ${scene.props.record?.id} ${nameOf(item)}`,
      columns.map((column) => column.item),
      scene.now,
    );
    const map = paintHeatMap(pen, {
      columns,
      values,
      left,
      steps: [0, plannedEnd(scene.props.plannedSteps, frame.step)],
      isSmall: scene.size === 'S',
      viewStep: scene.props.viewStep ?? null,
      hovered: scene.props.cursor.step,
    });
    for (const row of map.shares) digest.addAll(row);
    this.#follow(scene.props.cursor);
    this.#picture.lookup = (x, y) => heatTip(map, x, y);
    return digest;
  }
}

/** The layer in each frame of the history, and in the newest one. */
function columnsOf(scene: Scene, newest: HistogramFrame, name: string): Column[] {
  const history = scene.props.record?.frames.history(scene.probe) ?? [];
  const frames = history.at(-1) === newest ? history : [...history.filter((one) => one.step < newest.step), newest];
  return frames.flatMap((one) => {
    const frame = asShape(one, 'histogram');
    const item = frame && byName(frame, name);
    return frame && item ? [{ step: frame.step, item }] : [];
  });
}

function itemRows(item: HistogramItem): TipRow[] {
  const value = (number: number | null): string => (number === null ? '–' : formatNumber(number));
  const rows: TipRow[] = [
    { name: nameOf(item) },
    { name: 'mean', value: value(item.mean), isStrong: true },
    { name: 'std', value: value(item.std), isStrong: true },
    { name: 'min … max', value: `${value(item.min)} … ${value(item.max)}` },
    { name: 'zero', value: formatPercent(item.zeros, 1) },
  ];
  if (item.saturated !== null) rows.push({ name: 'saturated', value: formatPercent(item.saturated, 1) });
  if (item.dead !== null) rows.push({ name: 'dead units', value: formatPercent(item.dead, 1) });
  const all = formatCount(item.num_elements);
  const measured = item.num_measured < item.num_elements ? `${formatCount(item.num_measured)} of ${all}` : all;
  return [...rows, { name: 'elements', value: measured }];
}

function heatTip(map: HeatMap, x: number, y: number): { rows: TipRow[] } | null {
  const { box, steps, values, shares, columns } = map;
  const [across, upward] = [(x - box.x) / box.width, 1 - (y - box.y) / box.height];
  if (across < 0 || across > 1 || upward < 0 || upward > 1) return null;
  const step = steps[0] + across * (steps[1] - steps[0]);
  const place = columns.findLastIndex((column) => column.step <= step);
  const row = shares[place];
  if (!row || step > (columns.at(-1)?.step ?? 0) + 0.01 * (steps[1] - steps[0])) return null;
  const bin = Math.min(row.length - 1, Math.floor(upward * row.length));
  const edge = (index: number): string => formatNumber(values[0] + ((values[1] - values[0]) * index) / row.length, 2);
  return {
    rows: [
      { name: `step ${formatCount((columns[place] as Column).step)}` },
      { name: `${edge(bin)} … ${edge(bin + 1)}`, value: formatPercent(row[bin] as number, 1), isStrong: true },
    ],
  };
}

function summaryOf(frame: HistogramFrame, rows: readonly HistogramItem[]): string {
  const parts = rows.map((item) => {
    const note = noteOf(item);
    return `${nameOf(item)} mean ${formatNumber(item.mean ?? Number.NaN, 2)}, std ${formatNumber(item.std ?? Number.NaN, 2)}${note ? `, ${note}` : ''}`;
  });
  return `Step ${frame.step}. ${parts.join('; ')}.`;
}
