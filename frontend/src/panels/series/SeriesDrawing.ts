/** Curves over steps: loss, accuracy, error, learning rate. */
import { Chart } from '../../draw/chart';
import { theme } from '../../draw/colours';
import { formatCount, formatFixed } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { Smoothing } from '../../draw/smoothing';
import { firstFrom } from '../../draw/thinning';
import { plannedEnd, type Range } from '../../draw/ticks';
import type { Curve } from '../../stores/curves';
import type { Mark, RunRecord } from '../../stores/record';
import { chosen, type Drawing, type Drawn, drawn, type Scene, type Table, type Tag } from '../drawing';
import type { PanelProps } from '../props';
import { SCALE, SMOOTHING, STEP_UNIT } from './choices';
import { seriesFigure } from './figure';
import { Hover } from './Hover';
import type { CurvePlan, SeriesPlan } from './plot';
import type { Line, Notes, SeriesScene } from './scene';
import { beyond, neededSpan } from './span';
import { axisWords, seriesSummary } from './summary';
import { Zoom } from './Zoom';

/** An axis that is made of fewer points would stand for a second while the curve falls out of it. */
const FEW = 5;

const curveOf = (record: RunRecord | null, plan: CurvePlan): Curve | undefined => {
  const curve = record?.curves.get(plan.curve);
  return curve && curve.length > 0 ? curve : undefined;
};

/** The step of the first value that is not a number, once the run is over because of it. */
function divergedAt(record: RunRecord | null, plan: SeriesPlan): number | null {
  if (record?.progress.status !== 'diverged') return null;
  for (const { curve: name } of plan.curves) {
    const curve = record.curves.get(name);
    const last = curve ? curve.length - 1 : -1;
    if (curve && last >= 0 && Number.isNaN(curve.values[last] as number)) return curve.steps[last] as number;
  }
  return record.progress.step;
}

export class SeriesDrawing implements Drawing {
  readonly #plan: SeriesPlan;
  readonly #chart: Chart;
  readonly #hover: Hover;
  readonly #zoom = new Zoom();
  readonly #limits = new StickyLimits();
  readonly #smoothings = new Map<string, Smoothing>();
  #of = '';

  constructor(plan: SeriesPlan, host: HTMLElement, redraw: () => void) {
    this.#plan = plan;
    const plot = document.createElement('div');
    plot.className = 'panel-chart';
    host.append(plot);
    this.#chart = new Chart(plot, this.#zoom);
    this.#zoom.listen(redraw);
    this.#hover = new Hover(host);
  }

  draw(scene: Scene): Drawn {
    const { props, options } = scene;
    const { record } = props;
    const isLog = chosen(options, SCALE) === 'log';
    const of = `${record?.id ?? ''} ${isLog}`;
    if (of !== this.#of) {
      this.#limits.reset();
      this.#zoom.clear();
    }
    this.#of = of;

    const found = this.#lines(props, record, Number(chosen(options, SMOOTHING)));
    // An evaluation before the first step is one point: axes alone say more about what will come.
    const hasBegun = newestStep(found) >= 1 || (record?.progress.step ?? 0) >= 1;
    const lines = hasBegun ? found : [];
    const figure = this.#scene(scene, lines, isLog);
    this.#chart.draw(seriesFigure(figure));
    this.#hover.update(this.#plan, scene, figure);
    const names = this.#plan.curves.map((plan) => plan.curve);
    for (const one of [record, props.ghost]) if (one) props.onView?.(one, names, figure.x);
    return this.#drawn(scene, lines, figure);
  }

  table({ props }: Scene): Table {
    const curves = this.#plan.curves.map((plan) => ({ plan, curve: curveOf(props.record, plan) }));
    // Zoomed in, the table has what is in sight.
    const [from, to] = this.#zoom.x ?? [0, Number.POSITIVE_INFINITY];
    const steps = new Set(curves.flatMap(({ curve }) => (curve ? [...curve.steps] : [])));
    const valueAt = (curve: Curve | undefined, step: number): string => {
      const index = curve ? firstFrom(curve.steps, step) : -1;
      return curve?.steps[index] === step ? String(curve.values[index]) : '';
    };
    return {
      columns: ['step', ...curves.map(({ plan }) => plan.curve)],
      rows: [...steps]
        .filter((step) => step >= from && step <= to)
        .sort((a, b) => a - b)
        .map((step) => [String(step), ...curves.map(({ curve }) => valueAt(curve, step))]),
    };
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#chart.image(format, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#hover.dispose();
    this.#chart.dispose();
  }

  #lines(props: PanelProps, record: RunRecord | null, weight: number): Line[] {
    const at = props.viewStep ?? null;
    return this.#plan.curves.flatMap((plan): Line[] => {
      const curve = curveOf(record, plan);
      if (!curve) return [];
      const isSmoothed = plan.role === 'train' && weight > 0;
      const values = isSmoothed
        ? this.#smoothing(record, plan, weight).update(curve.steps, curve.values, curve.means)
        : curve.values;
      const last = at === null ? values.length - 1 : Math.max(0, firstFrom(curve.steps, at + 1) - 1);
      const value = this.#plan.format((values[last] as number) * this.#plan.factor);
      const end = this.#plan.saysValue ? `${plan.name} ${value}` : plan.name;
      return [
        { name: plan.name, role: plan.role, steps: curve.steps, values, raw: isSmoothed ? curve.values : null, end },
      ];
    });
  }

  #smoothing(record: RunRecord | null, plan: CurvePlan, weight: number): Smoothing {
    const key = `${record?.id ?? ''} ${plan.curve}`;
    let smoothing = this.#smoothings.get(key);
    if (smoothing?.weight !== weight) {
      smoothing = new Smoothing(weight);
      if (this.#smoothings.size > 8) this.#smoothings.clear();
      this.#smoothings.set(key, smoothing);
    }
    return smoothing;
  }

  #scene(scene: Scene, lines: readonly Line[], isLog: boolean): SeriesScene {
    const { props, options } = scene;
    const { factor } = this.#plan;
    const reached = Math.max(0, ...lines.map((line) => line.steps[line.steps.length - 1] ?? 0));
    const x: Range = [0, plannedEnd(props.plannedSteps, reached)];
    const y = this.#yLimits(lines, isLog, scene.now);
    const ghosts = props.ghost ? this.#lines(props, props.ghost, Number(chosen(options, SMOOTHING)) || 0.9) : [];
    const number = props.ghost?.view?.number;
    return {
      lines,
      ghosts,
      ghostName: number ? `run ${number}` : 'run before',
      factor,
      notes: this.#notes(props, lines, y),
      x: this.#zoom.x ?? x,
      y: this.#zoom.yOn(isLog) ?? y,
      isLog,
      stepsPerUnit: chosen(options, STEP_UNIT) === 'epochs' ? Math.max(1, props.stepsPerEpoch) : 1,
      viewStep: props.viewStep ?? null,
      width: scene.width,
      height: scene.height,
      isSmall: scene.size === 'S',
      revision: this.#zoom.revision,
      theme: theme(),
    };
  }

  #yLimits(lines: readonly Line[], isLog: boolean, now: number): Range {
    const { factor, bounds, fromZero } = this.#plan;
    const spans = lines.flatMap((line) => [
      { steps: line.steps, values: line.values, isRaw: false },
      ...(line.raw ? [{ steps: line.steps, values: line.raw, isRaw: true }] : []),
    ]);
    const positive = isLog
      ? spans.map((span) => ({ ...span, values: span.values.map((v) => (v > 0 ? v : Number.NaN)) }))
      : spans;
    const needed = neededSpan(positive, [bounds[0] / factor, bounds[1] / factor], isLog);
    if (!needed) return isLog ? [0.01, 10] : [0, Number.isFinite(bounds[1]) ? bounds[1] : 3];
    const least = fromZero && !isLog ? Math.min(0, needed[0]) : needed[0];
    const [low, high] = [least * factor, needed[1] * factor];
    const isDraft = lines.every((line) => line.steps.length < FEW);
    const [from, to] = this.#limits.update(isLog ? [Math.log10(low), Math.log10(high)] : [low, high], now, isDraft);
    return isLog ? [10 ** from, 10 ** to] : [from, to];
  }

  #notes(props: PanelProps, lines: readonly Line[], y: Range): Notes {
    const { factor, format } = this.#plan;
    const all = lines.map((line) => ({ steps: line.steps, values: line.raw ?? line.values, isRaw: true }));
    const { above, below } = beyond(all, [y[0] / factor, y[1] / factor]);
    const step = divergedAt(props.record, this.#plan);
    const say = (value: number): string =>
      value * factor >= 10 ? formatFixed(value * factor, 1) : formatShort(value * factor, format);
    return {
      marks: (props.record?.marks ?? [])
        .filter((mark) => mark.kind === 'change' || mark.kind === 'diagnosis')
        .map((mark) => ({ ...mark, text: this.#plan.saysMarks ? signed(mark) : '' })),
      reference: lines.length > 0 ? this.#plan.reference(props) : null,
      diverged: step === null ? null : { step, text: this.#plan.saysMarks ? 'first bad number' : '' },
      above: above === null ? null : `↑ peak ${say(above)}`,
      below: below === null ? null : `↓ low ${say(below)}`,
    };
  }

  #drawn(scene: Scene, lines: readonly Line[], figure: SeriesScene): Drawn {
    const { props, options } = scene;
    const newest = newestStep(lines);
    const unit = this.#plan.unit(props);
    if (newest < 0) {
      const { status, reason } = props.record?.progress ?? {};
      const waits = status === 'running' && reason ? ({ kind: 'nothing_here', text: reason } as const) : undefined;
      return drawn({ unit, meta: 'no steps yet', summary: 'No steps yet.', ...(waits && { state: waits }) });
    }
    const smoothing = chosen(options, SMOOTHING);
    const isSmoothed = smoothing !== '0' && lines.some((line) => line.raw);
    const values = [chosen(options, SCALE) === 'log' ? 'log' : '', isSmoothed ? `smoothing ${smoothing}` : ''];
    const said = (axis: string): string => [...values, axis].filter(Boolean).join(' · ');
    return drawn({
      state: { kind: 'ready' },
      step: newest,
      unit,
      meta: said(chosen(options, STEP_UNIT) === 'epochs' ? 'epochs' : ''),
      inFile: said(axisWords(figure)),
      tag: this.#tag(props, newest),
      summary: seriesSummary(this.#plan, lines, props.stepsPerEpoch),
    });
  }

  #tag(props: PanelProps, newest: number): Tag | null {
    const step = divergedAt(props.record, this.#plan);
    if (step !== null) {
      const title = props.record?.progress.reason ?? undefined;
      return { tone: 'error', text: `NaN at step ${formatCount(step)}`, ...(title ? { title } : {}) };
    }
    if (props.record?.isStale && props.viewStep == null)
      return { tone: 'warning', text: `as of step ${formatCount(newest)}` };
    return null;
  }
}

/** The last step of the curves that have a point at each step, or of all where none has; −1 where there is none. */
function newestStep(lines: readonly Line[]): number {
  const everyStep = lines.filter((line) => line.role !== 'validation');
  return Math.max(-1, ...(everyStep.length > 0 ? everyStep : lines).map((line) => line.steps.at(-1) ?? -1));
}

const formatShort = (value: number, format: (value: number) => string): string =>
  Math.abs(value) >= 1 ? formatFixed(value, 2) : format(value);

/** A mark in words, with the sign that the timeline has for a diagnosis: a triangle, or a filled sign of a problem. */
function signed({ kind, text, severity }: Mark): string {
  if (kind !== 'diagnosis') return text;
  return `${severity === 'problem' ? '■' : '▲'} ${text}`;
}
