/** What the network answers over the plane of 2-D data, with the samples on it. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatFixed, formatNumber } from '../../draw/format';
import { asShape, type ImageGridItem, type SurfaceItem } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { Freshness, metaOf } from '../words';
import {
  type Key,
  keyOf,
  lookUp,
  paintAxisEnds,
  paintChosen,
  paintField,
  paintKey,
  paintPoints,
  ratioOf,
  sampleAt,
  unitKey,
} from './plane';

const FOOT = 24;

const toggle = (name: string, label: string, isOn: boolean, icon?: string): Choice => {
  const values = [
    { value: 'on', label: 'on', icon },
    { value: 'off', label: 'off' },
  ];
  return { name, label, standard: isOn ? 'on' : 'off', values, place: 'toggle' };
};

export const DISCRETISE = toggle('discretise', 'discretise', false);
export const TRAIN = toggle('train', 'train', true, 'dot');
export const VALIDATION = toggle('validation', 'validation', true, 'square');

const isOn = (scene: Scene, choice: Choice): boolean => chosen(scene.options, choice) === 'on';

export class SurfaceDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #fresh = new Freshness();

  #sampleAt: (x: number, y: number) => number | undefined = () => undefined;
  #onSample: ((index: number) => void) | undefined;

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
    this.#picture.canvas.addEventListener('click', this.#click);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'surface');
    const item = frame?.items[0];
    const pen = this.#picture.pen(scene);
    const { props } = scene;
    if (!frame || !item) return drawn({ unit: 'output', meta: 'no steps yet' });
    const unit = unitOf(scene);
    const key = unit ?? keyOf(item, props);
    if (pen) this.#paint(pen, scene, item, key);
    const curve = props.record?.curves.get('val/accuracy');
    const share = curve && curve.length > 0 ? formatFixed(100 * (curve.values[curve.length - 1] as number), 1) : '';
    const accuracy = share ? `, validation accuracy ${share} percent` : '';
    const told = share && !unit && scene.size !== 'S' ? ` · validation ${share}\u00a0%` : '';
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: unit ? (props.inspected?.title ?? '') : scene.size === 'S' ? '' : 'output',
      meta: `${metaOf(frame, scene.size)}${told}`,
      tag: this.#fresh.tag(frame, props, props.record?.progress.step ?? 0, scene.now),
      digest: new Digest().addAll(unit ? unit.field.values : item.values.data).toString(),
      summary: `Output over the plane at step ${frame.step}, x from ${formatNumber(item.x[0] as number)} to ${formatNumber(item.x[1] as number)}${accuracy}.`,
    });
  }

  table(scene: Scene): Table {
    const item = asShape(shownFrame(scene), 'surface')?.items[0];
    if (!item) return { columns: ['y', 'x'], rows: [] };
    const [layers = 1, height = 1, width = 1] = item.values.shape;
    const at = (ends: readonly number[], i: number, num: number): string =>
      String((ends[0] as number) + (((ends[1] as number) - (ends[0] as number)) * i) / Math.max(1, num - 1));
    const columns = ['x', 'y', ...Array.from({ length: layers }, (_, k) => (layers > 1 ? `output ${k}` : 'output'))];
    const rows = Array.from({ length: height * width }, (_, i) => [
      at(item.x, i % width, width),
      at(item.y, Math.floor(i / width), height),
      ...Array.from({ length: layers }, (_, k) => String(item.values.data[k * height * width + i])),
    ]);
    return { columns, rows };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#picture.dispose();
  }

  /** A press on a validation sample shows it everywhere. */
  #click = (event: MouseEvent): void => {
    const found = this.#sampleAt(event.offsetX, event.offsetY);
    if (found !== undefined) this.#onSample?.(found);
  };

  #paint(pen: Pen, scene: Scene, item: SurfaceItem, key: Key): void {
    const { props } = scene;
    const foot = scene.size === 'S' ? 0 : FOOT * pen.theme.textScale;
    const ratio = ratioOf(item);
    const height = Math.max(20, Math.min(pen.height - foot, pen.width / ratio));
    const box = { x: (pen.width - height * ratio) / 2, y: 0, width: height * ratio, height };
    paintField(pen, key, box, isOn(scene, DISCRETISE));
    const points = {
      train: isOn(scene, TRAIN) ? (props.points?.train ?? []) : [],
      validation: isOn(scene, VALIDATION) ? (props.points?.validation ?? []) : [],
    };
    paintPoints(pen, item, points, keyOf(item, props), box);
    const shown = props.isSampleChosen ? props.sample : null;
    if (shown !== null) {
      const chosenOne = props.points?.validation.find(({ index }) => index === shown);
      paintChosen(pen, item, chosenOne, box);
    }
    this.#sampleAt = (x, y) => sampleAt(item, points, box, x, y);
    this.#onSample = props.onSample;
    if (foot > 0) {
      paintAxisEnds(pen, item, box);
      paintKey(pen, key, height + 18 * pen.theme.textScale);
    }
    this.#picture.lookup = (x, y) => lookUp(item, key, props, box, x, y);
    this.#picture.refreshTip();
  }
}

/** The unit that a hand points at, over the same plane as the output; null where none is, or it was not measured. */
function unitOf({ props }: Scene): Key | null {
  const { inspected } = props;
  const frame = inspected && asShape(props.record?.frames.newest(inspected.probe), 'image_grid');
  const items: readonly ImageGridItem[] = frame?.items ?? [];
  const item = items.findLast((one) => inspected?.nodes.includes(one.node));
  const [num = 0, , height = 1, width = 1] = item?.images.shape ?? [];
  if (!inspected || !item || inspected.unit < 0 || inspected.unit >= num) return null;
  const values = upsideDown(item.images.data, inspected.unit, height, width);
  const far = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return unitKey({ values, layers: 1, height, width }, inspected.ends ?? [-far, far], props);
}

/** Images have the highest y on top, surfaces the lowest y first. */
function upsideDown(data: Float32Array | ArrayLike<number>, unit: number, height: number, width: number): Float32Array {
  const values = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    const from = (unit * height + height - 1 - row) * width;
    for (let column = 0; column < width; column += 1) values[row * width + column] = data[from + column] as number;
  }
  return values;
}
