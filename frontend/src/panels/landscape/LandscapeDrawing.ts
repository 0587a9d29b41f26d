/** Loss over one or two directions, or a test surface: from above, from the side, or the ways' values by step. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatCount, formatNumber } from '../../draw/format';
import { asShape, type FrameOf, type LandscapeItem, type NdArray } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { LinesDrawing } from '../lines/LinesDrawing';
import { Picture } from '../picture';
import type { TipRow } from '../tip';
import { metaOf } from '../words';
import { type Field, fieldOf, heightAt, isLine } from './field';
import type { Plane } from './frame';
import { paintGround } from './ground';
import { paintLine } from './line';
import { Player } from './Player';
import { lastStep, nearPoint, pointRows, type Way, waysOf } from './paths';
import { FIRST_VIEW, paintRelief } from './relief';
import { Turning } from './Turning';
import { valuesFrame } from './values';
import './landscape.css';

export const LANDSCAPE_VIEW: Choice = {
  name: 'view',
  label: 'Show',
  place: 'foot',
  values: [
    { value: 'above', label: 'contour', icon: 'rings' },
    { value: 'side', label: '3-D', icon: 'block' },
    { value: 'values', label: 'by step', icon: 'curve' },
  ],
};
export const LANDSCAPE_SCALE: Choice = {
  name: 'scale',
  label: 'Height',
  place: 'menu',
  values: [
    { value: 'own', label: 'as fits' },
    { value: 'linear', label: 'linear' },
    { value: 'log', label: 'log' },
  ],
};

/** Height of the foot with the switch. */
const FOOT = 28;

export class LandscapeDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #values: LinesDrawing;
  readonly #ground = document.createElement('div');
  readonly #chart = document.createElement('div');
  readonly #player: Player;
  readonly #turning: Turning;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#ground.className = 'landscape-ground';
    this.#chart.className = 'landscape-values';
    host.append(this.#ground, this.#chart);
    this.#picture = new Picture(this.#ground);
    this.#values = new LinesDrawing(this.#chart, redraw);
    this.#player = new Player(host, redraw);
    this.#turning = new Turning(this.#picture.canvas, FIRST_VIEW, redraw);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'landscape');
    const item = itemOf(scene, frame);
    const view = item && chosen(scene.options, LANDSCAPE_VIEW);
    this.#ground.hidden = view === 'values';
    this.#chart.hidden = view !== 'values';
    this.#player.show(item?.plays && view !== 'values' ? lastStep(item) : null);
    if (!frame || !item) return drawn({});
    return view === 'values'
      ? this.#drawValues(scene, frame, item)
      : this.#drawGround(scene, frame, item, view === 'side');
  }

  table(scene: Scene): Table {
    const item = itemOf(scene, asShape(shownFrame(scene), 'landscape'));
    return item ? tableOf(item, chosen(scene.options, LANDSCAPE_VIEW) === 'values') : { columns: [], rows: [] };
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#chart.hidden ? this.#picture.image() : this.#values.image(format);
  }

  dispose(): void {
    this.#turning.dispose();
    this.#player.dispose();
    this.#values.dispose();
    this.#picture.dispose();
  }

  #drawGround(scene: Scene, frame: FrameOf<'landscape'>, item: LandscapeItem, isSide: boolean): Drawn {
    const height = scene.height - this.#player.height;
    const pen = this.#picture.pen({ ...scene, height });
    const field = fieldOf(item, chosen(scene.options, LANDSCAPE_SCALE));
    const canTurn = isSide && !isLine(field);
    this.#turning.enable(canTurn);
    if (pen) this.#paint(pen, scene, item, field, canTurn);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: scene.size === 'L' || (frame.num_samples === 0 && scene.size !== 'S') ? item.node : '',
      meta: [metaIf(frame, scene), field.isLog ? 'log' : ''].filter(Boolean).join(' · '),
      digest: new Digest().addAll(field.values).toString(),
      summary: summaryOf(frame, item, field),
      ...(frame.items.length > 1 ? { layers: layersOf(frame), layer: item.node } : {}),
    });
  }

  #paint(pen: Pen, scene: Scene, item: LandscapeItem, field: Field, canTurn: boolean): void {
    const ways = waysOf(item, pen.theme, this.#player.at);
    const isSmall = scene.size === 'S';
    if (canTurn) {
      const { at } = paintRelief(pen, item, field, ways, this.#turning.view);
      this.#listen(item, ways, (way, i) => at(way.x[i] as number, way.y[i] as number, 0), null);
    } else if (isLine(field)) {
      const plane = paintLine(pen, item, field, ways, isSmall);
      const onLine = (way: Way, i: number) => [plane.toX(way.x[i] as number), plane.toY(way.values?.[i] ?? 0)] as const;
      this.#listen(item, ways, onLine, (x) => lineRows(item, field, plane, x));
    } else {
      const plane = paintGround(pen, item, field, ways, isSmall);
      const onGround = (way: Way, i: number) => [plane.toX(way.x[i] as number), plane.toY(way.y[i] as number)] as const;
      this.#listen(item, ways, onGround, (x, y) => groundRows(item, field, plane, x, y));
    }
  }

  #listen(
    item: LandscapeItem,
    ways: readonly Way[],
    onScreen: (way: Way, index: number) => readonly [number, number],
    beside: ((x: number, y: number) => TipRow[] | null) | null,
  ): void {
    this.#picture.lookup = (x, y) => {
      const near = nearPoint(ways, onScreen, x, y);
      const rows = near ? pointRows(near, item.value_title) : beside?.(x, y);
      return rows ? { rows } : null;
    };
    this.#picture.refreshTip();
  }

  #drawValues(scene: Scene, frame: FrameOf<'landscape'>, item: LandscapeItem): Drawn {
    const asLines = valuesFrame(frame, item, chosen(scene.options, LANDSCAPE_SCALE));
    const result = this.#values.draw({ ...scene, frame: asLines, options: {}, height: scene.height - FOOT });
    return {
      ...result,
      meta: metaIf(frame, scene),
      step: frame.step,
      unit: frame.num_samples > 0 ? item.value_title : item.node,
    };
  }
}

const itemOf = (scene: Scene, frame: FrameOf<'landscape'> | undefined): LandscapeItem | undefined =>
  frame?.items.find(({ node }) => node === scene.options.layer) ?? frame?.items[0];

/** Where no data are involved there is no step either. */
const metaIf = (frame: FrameOf<'landscape'>, scene: Scene): string =>
  frame.num_samples > 0 ? metaOf(frame, scene.size) : '';

const layersOf = (frame: FrameOf<'landscape'>) => frame.items.map(({ node }) => ({ value: node, label: node }));

function lineRows(item: LandscapeItem, field: Field, plane: Plane, x: number): TipRow[] | null {
  const at = plane.fromX(x);
  const value = heightAt(field, at, 0);
  if (at < (field.x[0] as number) || at > (field.x.at(-1) as number)) return null;
  return [
    { name: item.x_title, value: formatNumber(at) },
    { name: item.value_title, value: Number.isFinite(value) ? formatNumber(value) : 'not finite', isStrong: true },
  ];
}

function groundRows(item: LandscapeItem, field: Field, plane: Plane, x: number, y: number): TipRow[] | null {
  const [atX, atY] = [plane.fromX(x), plane.fromY(y)];
  const { box } = plane;
  if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return null;
  const value = heightAt(field, atX, atY);
  return [
    { name: item.value_title, value: Number.isFinite(value) ? formatNumber(value) : 'not finite', isStrong: true },
    { name: item.x_title, value: formatNumber(atX) },
    { name: item.y_title, value: formatNumber(atY) },
  ];
}

function summaryOf(frame: FrameOf<'landscape'>, item: LandscapeItem, field: Field): string {
  const where = frame.num_samples > 0 ? ` at step ${formatCount(frame.step)}` : '';
  const here = item.value === null ? '' : ` At the present weights it is ${formatNumber(item.value)}.`;
  const note = item.note ? ` ${item.note}` : '';
  const span = `from ${formatNumber(field.low)} to ${formatNumber(field.high)}`;
  return `${item.node}: ${item.value_title} ${span} over ${item.x_title}${isLine(field) ? '' : ` and ${item.y_title}`}${where}.${here}${note}`;
}

function tableOf(item: LandscapeItem, isOfWays: boolean): Table {
  const [x, y, values] = [item.x, item.y, item.values].map((array) => (array as NdArray).data);
  if (!x || !y || !values) return { columns: [], rows: [] };
  if (isOfWays) {
    const rows = Object.entries(item.paths).flatMap(([name, path]) => {
      const [px, py, found] = [path.x, path.y, path.values].map((array) => (array as NdArray | null)?.data);
      return path.steps.map((step, i) => [
        name,
        String(step),
        ...[px?.[i], py?.[i], found?.[i]].map((one) => String(one ?? '')),
      ]);
    });
    return { columns: ['path', 'step', 'x', 'y', item.value_title], rows };
  }
  const rows = [...values].map((value, i) => {
    const place = y.length > 1 ? [String(x[i % x.length]), String(y[Math.floor(i / x.length)])] : [String(x[i])];
    return [...place, Number.isNaN(value) ? 'not finite' : String(value)];
  });
  return { columns: [item.x_title, ...(y.length > 1 ? [item.y_title] : []), item.value_title], rows };
}
