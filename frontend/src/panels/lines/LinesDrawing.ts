/** Curves over an x of their own: norms by depth, a ROC curve, singular values; now, or through time. */
import { Chart } from '../../draw/chart';
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatNumber } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { plannedEnd, type Range } from '../../draw/ticks';
import { asShape, type FrameOf, type LinesItem } from '../../words/frames';
import {
  type Choice,
  chosen,
  type Drawing,
  type Drawn,
  drawn,
  type Layer,
  type Scene,
  shownFrame,
  type Table,
} from '../drawing';
import { Zoom } from '../series/Zoom';
import { Freshness, metaOf } from '../words';
import { linesFigure } from './figure';
import { LinesHover } from './LinesHover';
import { LinesNote } from './LinesNote';
import { type LinesPlan, planNow, planTime, type Recorded } from './plan';
import type { LinesScene } from './scene';
import { xSpan, ySpan } from './span';

export const LINES_VIEW: Choice = {
  name: 'view',
  label: 'Show',
  place: 'menu',
  values: [
    { value: 'now', label: 'now' },
    { value: 'time', label: 'through time' },
  ],
};
export const LINES_SCALE: Choice = {
  name: 'scale',
  label: 'Value axis',
  place: 'menu',
  values: [
    { value: 'own', label: 'as measured' },
    { value: 'linear', label: 'linear' },
    { value: 'log', label: 'log' },
  ],
};

type LinesFrame = FrameOf<'lines'>;
/** One thing to choose: an item, and through time one of its curves. */
interface Shown {
  readonly item: LinesItem;
  readonly series: string;
  readonly layer: string;
}

export class LinesDrawing implements Drawing {
  readonly #chart: Chart;
  readonly #hover: LinesHover;
  readonly #note: LinesNote;
  readonly #zoom = new Zoom();
  readonly #limits = new StickyLimits();
  readonly #fresh = new Freshness();
  #of = '';

  constructor(host: HTMLElement, redraw: () => void) {
    const plot = document.createElement('div');
    plot.className = 'panel-chart';
    host.append(plot);
    this.#chart = new Chart(plot, this.#zoom);
    this.#zoom.listen(redraw);
    this.#hover = new LinesHover(host, redraw);
    this.#note = new LinesNote(host);
  }

  draw(scene: Scene): Drawn {
    const { props } = scene;
    const frame = asShape(shownFrame(scene), 'lines');
    const shown = frame && shownOf(frame, scene);
    if (!frame || !shown) {
      this.#hover.hide();
      this.#note.show(null, scene);
      return drawn({ meta: 'no steps yet' });
    }
    const noted = this.#note.show(shown.item.note, scene);
    const plan = planOf(scene, frame, shown);
    const layers = layersOf(frame, isTime(scene));
    const figure = this.#scene(noted, plan, shown.layer, layers.length > 1);
    this.#chart.draw(linesFigure(figure));
    this.#hover.update(figure, props.cursor);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: plan.yTitle,
      meta: [plan.isLogY ? 'log' : '', metaOf(frame, scene.size)].filter(Boolean).join(' · '),
      tag: this.#fresh.tag(frame, props, props.record?.progress.step ?? 0, scene.now),
      digest: digestOf(plan),
      summary: [summaryOf(frame, plan), shown.item.note].filter(Boolean).join(' '),
      ...(layers.length > 1 ? { layers, layer: shown.layer } : {}),
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'lines');
    const shown = frame && shownOf(frame, scene);
    return frame && shown ? tableOf(planOf(scene, frame, shown)) : { columns: [], rows: [] };
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#chart.image(format, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#hover.dispose();
    this.#chart.dispose();
  }

  #scene(scene: Scene, plan: LinesPlan, layer: string, saysY: boolean): LinesScene {
    const of = [scene.props.record?.id, layer, plan.isLogY, plan.isTime].join(' ');
    if (of !== this.#of) {
      this.#limits.reset();
      this.#zoom.clear();
    }
    this.#of = of;
    return {
      ...plan,
      x: this.#xRange(plan),
      y: this.#zoom.yOn(plan.isLogY) ?? this.#yLimits(plan, scene.now),
      width: scene.width,
      height: scene.height,
      isSmall: scene.size === 'S',
      near: this.#hover.near,
      saysY,
      revision: this.#zoom.revision,
      theme: theme(),
    };
  }

  #xRange(plan: LinesPlan): Range {
    const zoomed = this.#zoom.x;
    if (!zoomed) return xSpan(plan);
    return plan.isLogX ? [10 ** zoomed[0], 10 ** zoomed[1]] : zoomed;
  }

  #yLimits(plan: LinesPlan, now: number): Range {
    const needed = ySpan(plan);
    if (!needed) return plan.isLogY ? [0.01, 10] : [0, 1];
    if (!plan.isLogY) return this.#limits.update(needed, now);
    const [low, high] = this.#limits.update([Math.log10(needed[0]), Math.log10(needed[1])], now);
    return [10 ** low, 10 ** high];
  }
}

const isTime = ({ options }: Scene): boolean => chosen(options, LINES_VIEW) === 'time';

function layersOf(frame: LinesFrame, byCurve: boolean): Layer[] {
  const nodes = frame.items.map((item) => item.node);
  if (!byCurve) return nodes.map((node) => ({ value: node, label: node }));
  const names = frame.items.flatMap((item) => item.series.map((series) => [item.node, series.name] as const));
  return names.map(([node, name]) => {
    const label = nodes.length > 1 ? `${node} · ${name}` : name;
    return { value: label, label };
  });
}

/** What the option names, else the first. */
function shownOf(frame: LinesFrame, scene: Scene): Shown | null {
  const layers = layersOf(frame, isTime(scene));
  const index = Math.max(
    0,
    layers.findIndex((layer) => layer.value === scene.options.layer),
  );
  const flat = isTime(scene)
    ? frame.items.flatMap((item) => item.series.map((series) => ({ item, series: series.name })))
    : frame.items.map((item) => ({ item, series: '' }));
  const found = flat[index];
  return found ? { ...found, layer: layers[index]?.value ?? '' } : null;
}

function planOf(scene: Scene, frame: LinesFrame, { item, series }: Shown): LinesPlan {
  const scale = chosen(scene.options, LINES_SCALE);
  const isLogY = scale === 'own' ? item.log_y : scale === 'log';
  const steps: Range = [0, plannedEnd(scene.props.plannedSteps, frame.step)];
  const past = isTime(scene) ? planTime(recordedOf(scene, frame, item.node), series, isLogY, steps) : null;
  return past ?? planNow(item, isLogY);
}

/** The item in each recorded frame up to the shown one. */
function recordedOf(scene: Scene, shown: LinesFrame, node: string): Recorded[] {
  const history = scene.props.record?.frames.history(scene.probe) ?? [];
  return [...history.filter((one) => one.step < shown.step), shown].flatMap((one) => {
    const item = asShape(one as LinesFrame, 'lines')?.items.find((candidate) => candidate.node === node);
    return item ? [{ step: one.step, item }] : [];
  });
}

function digestOf(plan: LinesPlan): string {
  const digest = new Digest();
  for (const curve of plan.curves) digest.addText(curve.name).addAll(curve.x).addAll(curve.y);
  return digest.toString();
}

/** A row for each place on x; curves that were not measured there leave their cell empty. */
export function tableOf(plan: LinesPlan): Table {
  const places = [...new Set(plan.curves.flatMap((curve) => Array.from(curve.x)))].sort((a, b) => a - b);
  const isShared = plan.curves.every((curve) => curve.x === plan.curves[0]?.x);
  const count = isShared ? (plan.curves[0]?.x.length ?? 0) : places.length;
  const cell = (values: ArrayLike<number> | null, index: number): string =>
    values && index >= 0 && values[index] !== undefined ? String(values[index]) : '';
  const columns = plan.curves.flatMap((curve) =>
    curve.low && curve.high ? [curve.name, `${curve.name} low`, `${curve.name} high`] : [curve.name],
  );
  const rows = Array.from({ length: count }, (_, row) => {
    const x = isShared ? (plan.curves[0]?.x[row] as number) : (places[row] as number);
    const cells = plan.curves.flatMap((curve) => {
      const index = isShared ? row : Array.prototype.indexOf.call(curve.x, x);
      const bands = curve.low && curve.high ? [curve.low, curve.high] : [];
      return [curve.y, ...bands].map((values) => cell(values, index));
    });
    return [plan.xNames?.[row] ?? String(x), ...cells];
  });
  return { columns: [plan.xTitle, ...columns], rows };
}

function summaryOf(frame: LinesFrame, plan: LinesPlan): string {
  const parts = plan.curves.slice(0, 8).map((curve) => {
    const values = Array.from(curve.y).filter(Number.isFinite);
    if (values.length === 0) return `${curve.name} has no value`;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${curve.name} from ${formatNumber(low)} to ${formatNumber(high)}`;
  });
  const more = plan.curves.length > 8 ? `; and ${plan.curves.length - 8} more` : '';
  return `Step ${frame.step}. ${plan.yTitle} by ${plan.xTitle}: ${parts.join('; ')}${more}.`;
}
