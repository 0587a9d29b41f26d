/** Distributions by layer: all of them now, or one of them through time. */
import { Digest } from '../../draw/digest';
import { formatCount } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { plannedEnd, type Range } from '../../draw/ticks';
import type { CheckResult } from '../../generated/schemas';
import { asShape, type HistogramItem } from '../../words/frames';
import type { Cursor } from '../cursor';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { LinesChart } from '../lines/LinesChart';
import { Picture } from '../picture';
import { checkOf } from '../props';
import { Freshness, metaOf } from '../words';
import { paintHeatMap } from './heatmap';
import { LayerList } from './LayerList';
import { paintRidges, type RidgeRow } from './ridgeline';
import { type Column, fitRows, type HistogramFrame, nameOf, rowsOf, spanOverSteps, valueSpan } from './rows';
import { spreadPlan } from './spread';
import { paintWaterfall } from './waterfall';
import { binsTable, heatTip, itemRows, spreadTable, summaryOf, tableOf } from './words';

export const VIEW: Choice = {
  name: 'view',
  label: 'Show',
  place: 'head',
  values: [
    { value: 'now', label: 'now', icon: 'ridges' },
    { value: 'time', label: 'through time', icon: 'heatmap' },
    { value: 'steps', label: 'ridges over steps', icon: 'waterfall' },
    { value: 'spread', label: 'mean ± std', icon: 'band' },
  ],
};
export const ROWS: Choice = {
  name: 'rows',
  label: 'Layers',
  place: 'menu',
  values: [
    { value: 'main', label: 'with weights' },
    { value: 'activations', label: 'activations' },
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
  readonly #lines: HTMLElement;
  readonly #chart: LinesChart;
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
    this.#lines = document.createElement('div');
    this.#lines.className = 'panel-lines';
    this.#lines.hidden = true;
    host.append(this.#lines);
    this.#chart = new LinesChart(this.#lines, redraw);
  }

  draw(scene: Scene): Drawn {
    const { props, options } = scene;
    const frame = asShape(shownFrame(scene), 'histogram');
    const view = chosen(options, VIEW);
    this.#lines.hidden = view !== 'spread';
    if (!frame || frame.items.length === 0) {
      this.#list.hide();
      this.#chart.hide();
      return drawn({ meta: 'no steps yet' });
    }
    const rows = rowsOf(frame, checkOf(props), chosen(options, ROWS));
    const digest = this.#drawView(view, scene, frame, rows);
    this.#picture.refreshTip();
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: unitOf(view, rows, options[LAYER], isOfLayers(rows, checkOf(props))),
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, props, props.record?.progress.step ?? 0, scene.now),
      digest: digest.toString(),
      summary: summaryOf(frame, rows),
    });
  }

  #drawView(view: string, scene: Scene, frame: HistogramFrame, rows: readonly HistogramItem[]): Digest {
    if (view === 'spread') return this.#drawSpread(scene, frame, rows);
    this.#chart.hide();
    return view === 'now' ? this.#drawNow(scene, frame, rows) : this.#drawTime(scene, frame, rows, view === 'steps');
  }

  table(scene: Scene): Table {
    const view = chosen(scene.options, VIEW);
    return view === 'spread' ? spreadTable(rowsShown(scene)) : tableOf(rowsShown(scene), view !== 'now');
  }

  file(scene: Scene): Table {
    const view = chosen(scene.options, VIEW);
    return view === 'spread' ? spreadTable(rowsShown(scene)) : binsTable(rowsShown(scene), view !== 'now');
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#lines.hidden ? this.#picture.image() : this.#chart.image(format);
  }

  dispose(): void {
    this.#leaveCursor();
    this.#list.dispose();
    this.#chart.dispose();
    this.#picture.dispose();
  }

  /** The step hovered in another panel has its line here too. */
  #follow(cursor: Cursor): void {
    if (cursor === this.#cursor) return;
    this.#leaveCursor();
    this.#cursor = cursor;
    this.#leaveCursor = cursor.subscribe(this.#redraw);
  }

  #axis(key: string, span: Range, now: number): Range {
    if (key !== this.#of) this.#limits.reset();
    this.#of = key;
    return this.#limits.update(span, now);
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
    const axis = this.#axis(`now ${scene.props.record?.id}`, valueSpan(fitting), scene.now);
    const layout = paintRidges(pen, ridges, axis, scene.size === 'S');
    for (const item of fitting) digest.addAll(item.counts.data).addAll(item.edges.data);
    this.#picture.lookup = (_, y) => {
      const item = fitting[Math.floor((y - layout.top) / layout.rowHeight)];
      return item ? { rows: itemRows(item) } : null;
    };
    return digest;
  }

  #drawTime(scene: Scene, frame: HistogramFrame, rows: readonly HistogramItem[], asRidges: boolean): Digest {
    const pen = this.#picture.pen(scene);
    const digest = new Digest();
    const wanted = scene.options[LAYER];
    const item = rows.find((row) => nameOf(row) === wanted) ?? rows[0];
    if (!pen || !item) return digest;
    const columns = columnsOf(scene, frame, nameOf(item));
    const left = this.#list.show(rows.map(nameOf), nameOf(item), scene, (name) => scene.setOption(LAYER, name));
    const { span, isCut } = spanOverSteps(columns);
    const values = this.#axis(`time ${scene.props.record?.id} ${nameOf(item)}`, span, scene.now);
    this.#follow(scene.props.cursor);
    if (asRidges) {
      const fall = paintWaterfall(pen, columns, values, left);
      for (const { step, item: one } of fall.ridges) digest.add(step).addAll(one.counts.data).addAll(one.edges.data);
      this.#picture.lookup = (_, y) => {
        const ridge = fall.ridges[Math.ceil((y - fall.first) / fall.pitch)];
        return ridge ? { rows: [{ name: `step ${formatCount(ridge.step)}` }, ...itemRows(ridge.item).slice(1)] } : null;
      };
      return digest;
    }
    const map = paintHeatMap(pen, {
      columns,
      values,
      left,
      steps: [0, plannedEnd(scene.props.plannedSteps, frame.step)],
      isSmall: scene.size === 'S',
      isCut,
      viewStep: scene.props.viewStep ?? null,
      hovered: scene.props.cursor.step,
    });
    for (const row of map.shares) digest.addAll(row);
    this.#picture.lookup = (x, y) => heatTip(map, x, y);
    return digest;
  }

  #drawSpread(scene: Scene, frame: HistogramFrame, rows: readonly HistogramItem[]): Digest {
    this.#list.hide();
    this.#picture.pen(scene);
    this.#picture.lookup = () => null;
    const steps: Range = [0, plannedEnd(scene.props.plannedSteps, frame.step)];
    const plan = spreadPlan(framesUpTo(scene, frame), rows.map(nameOf), steps);
    this.#chart.draw(scene, plan, `${scene.props.record?.id}`, false);
    const digest = new Digest();
    for (const curve of plan.curves) digest.addAll(curve.x).addAll(curve.y);
    return digest;
  }
}

/** The recorded frames until the shown one, which is the last. */
function framesUpTo(scene: Scene, shown: HistogramFrame): HistogramFrame[] {
  const history = scene.props.record?.frames.history(scene.probe) ?? [];
  const before = history.flatMap((one) => asShape(one, 'histogram') ?? []).filter((one) => one.step < shown.step);
  return [...before, shown];
}

/** The layer in each of them. */
const columnsOf = (scene: Scene, shown: HistogramFrame, name: string): Column[] =>
  framesUpTo(scene, shown).flatMap((frame) => {
    const item = byName(frame, name);
    return item ? [{ step: frame.step, item }] : [];
  });

/** What the view draws: every layer now or over the steps, or one of them over the steps. */
function rowsShown(scene: Scene): readonly Column[] {
  const frame = asShape(shownFrame(scene), 'histogram');
  if (!frame) return [];
  const view = chosen(scene.options, VIEW);
  const rows = rowsOf(frame, checkOf(scene.props), chosen(scene.options, ROWS));
  if (view === 'now') return rows.map((item) => ({ step: frame.step, item }));
  const names = rows.map(nameOf);
  if (view === 'spread') return names.flatMap((name) => columnsOf(scene, frame, name));
  const name = names.find((one) => one === scene.options[LAYER]) ?? names[0];
  return name === undefined ? [] : columnsOf(scene, frame, name);
}

/** Residuals are distributions of what the network answers, not of a layer. */
const isOfLayers = (rows: readonly HistogramItem[], check: CheckResult | null): boolean =>
  check === null || rows.some((row) => check.nodes.some((node) => node.id === row.node));

function unitOf(view: string, rows: readonly HistogramItem[], layer: string | undefined, isOfLayers: boolean): string {
  if (view === 'now') return isOfLayers ? 'by layer' : '';
  if (view === 'spread') return 'mean ± std';
  return rows.map(nameOf).find((name) => name === layer) ?? nameOf(rows[0] as HistogramItem);
}
