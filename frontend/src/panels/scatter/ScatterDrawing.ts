/** Points of a plane: embeddings, predictions against targets. Classes have colours and markers of their own. */
import { Chart } from '../../draw/chart';
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatCount, formatCounted, formatNumber } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { asShape, type FrameOf, type ScatterItem } from '../../words/frames';
import { type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { spoken } from '../heatmap/maps';
import { Zoom } from '../series/Zoom';
import { Tip, type TipRow } from '../tip';
import { Freshness, metaOf } from '../words';
import { marginsOf, type ScatterScene, scatterFigure } from './figure';
import { type Found, nearest } from './near';
import { isSquare, neededPlane, type Plane, squared } from './plane';

/** Name of the option that holds the chosen item. */
const LAYER = 'layer';
/** Press and release further apart than this are a zoom, no click. */
const CLICK_REACH = 4;

export class ScatterDrawing implements Drawing {
  readonly #host: HTMLElement;
  readonly #chart: Chart;
  readonly #tip: Tip;
  readonly #zoom = new Zoom();
  readonly #fresh = new Freshness();
  readonly #limits = [new StickyLimits(), new StickyLimits()] as const;
  #of = '';
  #shown: ScatterScene | null = null;
  #scene: Scene | null = null;
  #pressed: { x: number; y: number } | null = null;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#host = host;
    const plot = document.createElement('div');
    plot.className = 'panel-chart';
    host.append(plot);
    this.#chart = new Chart(plot, this.#zoom);
    this.#zoom.listen(redraw);
    this.#tip = new Tip(host);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerleave', this.#leave);
    // Plotly takes the press for its zoom: it is seen on the way down.
    host.addEventListener('pointerdown', this.#press, true);
    host.addEventListener('pointerup', this.#release, true);
  }

  draw(scene: Scene): Drawn {
    const found = itemOf(scene);
    this.#scene = scene;
    if (!found) {
      this.#shown = null;
      return drawn({ meta: 'no steps yet' });
    }
    const { frame, item } = found;
    const plane = this.#plane(scene, item);
    const common = {
      step: frame.step,
      unit: item.node,
      layer: item.node,
      layers: frame.items.map(({ node }) => ({ value: node, label: node })),
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
    };
    if (!plane) {
      const text = `No point of ${item.node} is a finite number at step ${formatCount(frame.step)}.`;
      return drawn({ ...common, state: { kind: 'nothing_here', text }, summary: text });
    }
    this.#shown = this.#figureScene(scene, frame, item, plane);
    this.#chart.draw(scatterFigure(this.#shown));
    return drawn({
      ...common,
      state: { kind: 'ready' },
      digest: new Digest().addAll(item.x.data).addAll(item.y.data).toString(),
      summary: summaryOf(item, frame.step),
    });
  }

  table(scene: Scene): Table {
    const item = itemOf(scene)?.item;
    if (!item) return { columns: [], rows: [] };
    const { names, classes, samples } = item;
    const rows = Array.from({ length: item.x.data.length }, (_, i) => [
      ...(samples ? [String(samples.data[i])] : []),
      ...(names ? [spoken(names[i] ?? '')] : []),
      String(item.x.data[i]),
      String(item.y.data[i]),
      ...(classes ? [classNameOf(item, i)] : []),
    ]);
    const columns = [item.x_title, item.y_title];
    return {
      columns: [...(samples ? ['sample'] : []), ...(names ? ['name'] : []), ...columns, ...(classes ? ['class'] : [])],
      rows,
    };
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#chart.image(format, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#host.removeEventListener('pointermove', this.#move);
    this.#host.removeEventListener('pointerleave', this.#leave);
    this.#host.removeEventListener('pointerdown', this.#press, true);
    this.#host.removeEventListener('pointerup', this.#release, true);
    this.#chart.dispose();
    this.#host.replaceChildren();
  }

  #plane(scene: Scene, item: ScatterItem): Plane | null {
    const of = `${scene.props.record?.id ?? ''} ${scene.probe} ${item.node}`;
    if (of !== this.#of) {
      for (const limits of this.#limits) limits.reset();
      this.#zoom.clear();
    }
    this.#of = of;
    const needed = neededPlane(item);
    if (!needed) return null;
    const [x, y] = this.#limits;
    return { x: x.update(needed.x, scene.now), y: y.update(needed.y, scene.now) };
  }

  #figureScene(scene: Scene, frame: FrameOf<'scatter'>, item: ScatterItem, plane: Plane): ScatterScene {
    const { width, height } = scene;
    const parts = { item, width, height, isSmall: scene.size === 'S', revision: this.#zoom.revision, theme: theme() };
    const margins = marginsOf(parts);
    const whole = isSquare(item)
      ? squared(plane, width - margins.l - margins.r, height - margins.t - margins.b)
      : plane;
    const shownSample = frame.split === 'validation' ? (scene.props.sample ?? -1) : -1;
    return {
      ...parts,
      plane: { x: this.#zoom.x ?? whole.x, y: this.#zoom.yOn(false) ?? whole.y },
      marked: item.samples ? item.samples.data.indexOf(shownSample) : -1,
    };
  }

  #at(event: PointerEvent): { x: number; y: number } {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #found(event: PointerEvent): Found | null {
    return this.#shown && nearest(this.#shown, this.#at(event));
  }

  #move = (event: PointerEvent): void => {
    const found = this.#found(event);
    if (!found || !this.#shown) {
      this.#tip.hide();
      return;
    }
    this.#tip.show(found.x, found.y - 8, tipRows(this.#shown.item, found.index));
  };

  #leave = (): void => this.#tip.hide();

  #press = (event: PointerEvent): void => {
    this.#pressed = this.#at(event);
    this.#move(event);
  };

  #release = (event: PointerEvent): void => {
    const [from, at] = [this.#pressed, this.#at(event)];
    this.#pressed = null;
    const item = this.#shown?.item;
    if (!from || !item?.samples || Math.hypot(at.x - from.x, at.y - from.y) > CLICK_REACH) return;
    const found = this.#found(event);
    const sample = found ? item.samples.data[found.index] : undefined;
    const isValidation = this.#scene && shownFrame(this.#scene)?.split === 'validation';
    if (sample !== undefined && isValidation) this.#scene?.props.onSample?.(sample);
  };
}

function itemOf(scene: Scene): { frame: FrameOf<'scatter'>; item: ScatterItem } | null {
  const frame = asShape(shownFrame(scene), 'scatter');
  const item = frame?.items.find((one) => one.node === scene.options[LAYER]) ?? frame?.items[0];
  return frame && item ? { frame, item } : null;
}

function classNameOf(item: ScatterItem, index: number): string {
  const place = item.classes?.data[index];
  return place === undefined ? '' : (item.class_names[place] ?? String(place));
}

function tipRows(item: ScatterItem, index: number): TipRow[] {
  const raw = item.names?.[index];
  const name = raw === undefined ? undefined : spoken(raw);
  const sample = item.samples?.data[index];
  const head = name ?? (sample === undefined ? undefined : `sample ${formatCount(sample)}`);
  return [
    ...(head ? [{ name: head }] : []),
    { name: item.x_title, value: formatNumber(item.x.data[index] as number), isStrong: true },
    { name: item.y_title, value: formatNumber(item.y.data[index] as number), isStrong: true },
    ...(item.classes ? [{ name: 'class', value: classNameOf(item, index) }] : []),
  ];
}

function summaryOf(item: ScatterItem, step: number): string {
  const num = item.x.data.length;
  const note = item.note ? ` ${item.note}.` : '';
  return `${formatCounted(num, 'point')} at step ${formatCount(step)}: ${item.y_title} against ${item.x_title}.${note}`;
}
