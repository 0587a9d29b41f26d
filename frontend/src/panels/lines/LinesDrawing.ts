/** Curves over an x of their own: norms by depth, a ROC curve, singular values; now, or through time. */
import { Digest } from '../../draw/digest';
import { formatNumber } from '../../draw/format';
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
import { Freshness, metaOf } from '../words';
import { LinesChart } from './LinesChart';
import { LinesNote } from './LinesNote';
import { type LinesPlan, planNow, planTime, type Recorded } from './plan';
import { tableOf } from './table';

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
  readonly #chart: LinesChart;
  readonly #note: LinesNote;
  readonly #fresh = new Freshness();

  constructor(host: HTMLElement, redraw: () => void) {
    this.#chart = new LinesChart(host, redraw);
    this.#note = new LinesNote(host);
  }

  draw(scene: Scene): Drawn {
    const { props } = scene;
    const frame = asShape(shownFrame(scene), 'lines');
    const shown = frame && shownOf(frame, scene);
    if (!frame || !shown) {
      this.#chart.hide();
      this.#note.show(null, scene);
      return drawn({ meta: 'no steps yet' });
    }
    const noted = this.#note.show(shown.item.note, scene);
    const plan = planOf(scene, frame, shown);
    const layers = layersOf(frame, isTime(scene));
    this.#chart.draw(noted, plan, `${props.record?.id} ${shown.layer}`, layers.length > 1);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: plan.yTitle,
      meta: [metaOf(frame, scene.size), plan.isLogY ? 'log' : ''].filter(Boolean).join(' · '),
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
    return this.#chart.image(format);
  }

  dispose(): void {
    this.#chart.dispose();
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
