/** Small images of one layer on one colour scale: filters, feature maps. */
import { pictureOf } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatCount, formatNumber } from '../../draw/format';
import { fitTiles, imageStack, paintTiles, type TileFit } from '../../draw/tiles';
import { asShape } from '../../words/frames';
import { chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { Freshness, metaOf } from '../words';
import { FOOT, footWords, paintFoot } from './gridFoot';
import { CHANNEL, channelPick, ENDS, type GridView, itemOf, keyOf, layersOf, viewOf } from './gridView';
import { LOUPE_FOOT, paintLoupe } from './loupe';

/** Name of the option that holds the layer. */
const LAYER = 'layer';
/** Largest side of the enlarged image. */
const LOUPE = 190;

export class ImageGridDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #tiles = document.createElement('canvas');
  readonly #loupe = document.createElement('canvas');
  readonly #foot = document.createElement('canvas');
  readonly #fresh = new Freshness();
  #shown: { view: GridView; fit: TileFit } | null = null;

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
    this.#picture.canvas.replaceWith(this.#tiles, this.#foot);
    for (const canvas of [this.#tiles, this.#loupe]) canvas.setAttribute('aria-hidden', 'true');
    this.#tiles.className = 'panel-tiles';
    this.#foot.className = 'panel-foot';
    this.#loupe.className = 'panel-loupe';
    this.#loupe.hidden = true;
    host.append(this.#loupe);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerdown', this.#move);
    host.addEventListener('pointerleave', this.#leave);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'image_grid');
    const item = itemOf(frame?.items ?? [], scene.options[LAYER]);
    this.#shown = null;
    if (!frame || !item) return drawn({ meta: 'no steps yet' });
    const view = viewOf(item, scene.options[CHANNEL], chosen(scene.options, ENDS));
    const stack = imageStack(view.images);
    const fit = fitTiles(stack.num, stack.height, stack.width, scene.width, scene.height - FOOT);
    paintTiles(this.#tiles, view.images, {
      ...fit,
      low: item.low,
      high: item.high,
      scale: view.scale,
      most: fit.shown,
      ...(view.isShared ? {} : { endsOf: view.endsOf }),
    });
    paintFoot(this.#foot, scene.width, item, view);
    this.#shown = { view, fit };
    const count = `${formatCount(fit.shown)} of ${formatCount(view.total)}`;
    const pick = channelPick(item, scene.options[CHANNEL]);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: item.node,
      meta: `${count}${fit.shown < view.total ? ' shown' : ''} · ${metaOf(frame, scene.size)}`,
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      digest: new Digest().addAll(view.images.data).toString(),
      summary: `${count} images of ${item.node} at step ${frame.step}, values ${formatNumber(item.low)} to ${formatNumber(item.high)}; ${footWords(item, view)}.`,
      layer: keyOf(item, frame.items),
      layers: layersOf(frame.items),
      picks: pick ? [pick] : [],
    });
  }

  table(scene: Scene): Table {
    const item = itemOf(asShape(shownFrame(scene), 'image_grid')?.items ?? [], scene.options[LAYER]);
    if (!item) return { columns: ['image'], rows: [] };
    const { data, num, channels, height, width } = imageStack(item.images);
    const size = height * width;
    const rows = Array.from({ length: num * channels }, (_, i) => [
      item.names?.[Math.floor(i / channels)] ?? String(Math.floor(i / channels) + 1),
      String((i % channels) + 1),
      ...Array.from(data.subarray(i * size, (i + 1) * size), String),
    ]);
    const places = Array.from({ length: size }, (_, i) => `${Math.floor(i / width) + 1},${(i % width) + 1}`);
    return { columns: ['image', 'channel', ...places], rows };
  }

  async image(): Promise<string> {
    return pictureOf(this.#tiles, theme().colours['bg-surface']);
  }

  dispose(): void {
    const { host } = this.#picture;
    host.removeEventListener('pointermove', this.#move);
    host.removeEventListener('pointerdown', this.#move);
    host.removeEventListener('pointerleave', this.#leave);
    this.#picture.dispose();
  }

  #move = (event: PointerEvent): void => {
    const box = this.#tiles.getBoundingClientRect();
    this.#look(event.clientX - box.left, event.clientY - box.top);
  };

  #leave = (): void => {
    this.#loupe.hidden = true;
  };

  /** Enlarges the image under the pointer, with its values where they can be written. */
  #look(x: number, y: number): void {
    const shown = this.#shown;
    this.#loupe.hidden = true;
    if (!shown) return;
    const { view, fit } = shown;
    const stack = imageStack(view.images);
    const [wide, high] = [stack.width * fit.pixel + fit.gap, stack.height * fit.pixel + fit.rowGap];
    const [column, row] = [Math.floor(x / wide), Math.floor(y / high)];
    const index = row * fit.columns + column;
    if (column < 0 || row < 0 || column >= fit.columns || index >= fit.shown) return;
    const host = this.#picture.host;
    const side = Math.min(LOUPE, host.clientHeight - LOUPE_FOOT - 8);
    const cell = Math.floor(side / Math.max(stack.height, stack.width));
    if (cell <= fit.pixel) return;
    paintLoupe(this.#loupe, view, index, cell);
    const [width, height] = [stack.width * cell + 2, stack.height * cell + LOUPE_FOOT + 8];
    const right = (column + 1) * wide + 6;
    const left = right + width <= host.clientWidth ? right : column * wide - width - 10;
    const top = Math.min(Math.max(0, row * high - 8), Math.max(0, host.clientHeight - height));
    this.#loupe.style.transform = `translate(${Math.round(Math.max(0, left))}px,${Math.round(top)}px)`;
    this.#loupe.hidden = false;
  }
}
