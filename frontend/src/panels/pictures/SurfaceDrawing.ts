/** What the network answers over the plane of 2-D data, with the samples on it. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatFixed, formatNumber } from '../../draw/format';
import { asShape, type SurfaceItem } from '../../words/frames';
import { type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { Freshness, metaOf } from '../words';
import { keyOf, lookUp, paintAxisEnds, paintField, paintKey, paintPoints, ratioOf } from './plane';

const FOOT = 24;

export class SurfaceDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #fresh = new Freshness();

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'surface');
    const item = frame?.items[0];
    const pen = this.#picture.pen(scene);
    if (!frame || !item) return drawn({ unit: 'output', meta: 'no steps yet' });
    if (pen) this.#paint(pen, scene, item);
    const { props } = scene;
    const curve = props.record?.curves.get('val/accuracy');
    const accuracy =
      curve && curve.length > 0
        ? `, validation accuracy ${formatFixed(100 * (curve.values[curve.length - 1] as number), 1)} percent`
        : '';
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: scene.size === 'S' ? '' : 'output',
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, props, props.record?.progress.step ?? 0, scene.now),
      digest: new Digest().addAll(item.values.data).toString(),
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

  #paint(pen: Pen, scene: Scene, item: SurfaceItem): void {
    const { props } = scene;
    const key = keyOf(item, props);
    const foot = scene.size === 'S' ? 0 : FOOT * pen.theme.textScale;
    const ratio = ratioOf(item);
    const height = Math.max(20, Math.min(pen.height - foot, pen.width / ratio));
    const box = { x: (pen.width - height * ratio) / 2, y: 0, width: height * ratio, height };
    paintField(pen, key, box);
    paintPoints(pen, item, props, key, box);
    if (foot > 0) {
      paintAxisEnds(pen, item, box);
      paintKey(pen, key, height + 18 * pen.theme.textScale);
    }
    this.#picture.lookup = (x, y) => lookUp(item, key, props, box, x, y);
    this.#picture.refreshTip();
  }
}
