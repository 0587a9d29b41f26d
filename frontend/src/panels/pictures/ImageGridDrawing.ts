/** Small images of one layer on one colour scale: filters, feature maps. */
import { pictureOf } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { film, stillOf } from '../../draw/film';
import { formatCount, formatNumber } from '../../draw/format';
import { fitTiles, imageStack, paintTiles, type TileFit } from '../../draw/tiles';
import { asShape, type FrameOf, type ImageGridItem } from '../../words/frames';
import { chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { Freshness, metaOf } from '../words';
import { paintNames, roomForNames } from './captions';
import { FOOT, footWords, paintFoot } from './gridFoot';
import { CHANNEL, channelPick, ENDS, type GridView, itemOf, keyOf, layersOf, viewOf } from './gridView';
import { LOUPE_FOOT, paintLoupe } from './loupe';
import { type Pinned, PinnedImage } from './PinnedImage';
import { Parts } from './parts';

/** Name of the option that holds the layer. */
const LAYER = 'layer';
/** Name of the option that holds the number of the pinned image, from 1. */
const PINNED = 'pinned';
/** Room for the way back to all images. */
const BACK = 64;
/** Largest side of the enlarged image. */
const LOUPE = 190;

export class ImageGridDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #tiles = document.createElement('canvas');
  readonly #loupe = document.createElement('canvas');
  readonly #foot = document.createElement('canvas');
  readonly #fresh = new Freshness();
  readonly #pinned: PinnedImage;
  readonly #figure: HTMLElement | null;
  #scene: Scene | null = null;
  #shown: { view: GridView; fit: TileFit } | null = null;

  readonly #redraw: () => void;
  /** Leaves the film; null while nothing here moves. */
  #leaveFilm: (() => void) | null = null;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#redraw = redraw;
    this.#picture = new Picture(host);
    this.#picture.canvas.replaceWith(this.#tiles, this.#foot);
    for (const canvas of [this.#tiles, this.#loupe]) canvas.setAttribute('aria-hidden', 'true');
    this.#tiles.className = 'panel-tiles';
    this.#foot.className = 'panel-foot';
    this.#loupe.className = 'panel-loupe';
    this.#loupe.hidden = true;
    host.append(this.#loupe);
    this.#pinned = new PinnedImage(host, () => this.#scene?.setOption(PINNED, ''));
    this.#tiles.addEventListener('click', this.#pin);
    this.#figure = host.closest('figure');
    this.#figure?.addEventListener('keydown', this.#key);
    host.addEventListener('pointermove', this.#move);
    host.addEventListener('pointerdown', this.#move);
    host.addEventListener('pointerleave', this.#leave);
  }

  draw(scene: Scene): Drawn {
    this.#scene = scene;
    this.#shown = null;
    const frame = asShape(shownFrame(scene), 'image_grid');
    const whole = itemOf(frame?.items ?? [], scene.options[LAYER]);
    this.#follow(typeof whole?.frames === 'number');
    const item = whole && stillOf(whole);
    if (!frame || !item) {
      this.#pinned.hide();
      return drawn({ meta: 'no steps yet' });
    }
    const view = viewOf(item, scene.options[CHANNEL], chosen(scene.options, ENDS));
    const pinned = pinnedOf(scene, frame, item, view);
    this.#tiles.hidden = pinned !== null;
    paintFoot(this.#foot, scene.width, item, view, pinned ? BACK : 0);
    const shown = pinned ? this.#showPinned(scene, pinned) : this.#showAll(scene, item, view);
    const measured = pinned?.parts?.frame ?? frame;
    const pick = channelPick(item, scene.options[CHANNEL]);
    return drawn({
      state: { kind: 'ready' },
      step: measured.step,
      unit: item.node,
      meta: `${shown} · ${metaOf(measured, scene.size)}`,
      tag: this.#fresh.tag(measured, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      digest: new Digest().addAll(view.images.data).toString(),
      summary: `${shown}, ${item.node} at step ${measured.step}, ${[valuesOf(item), footWords(item, view)].filter(Boolean).join('; ')}.`,
      layer: keyOf(whole, frame.items),
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
    return pictureOf(this.#pinned.isShown ? this.#pinned.canvas : this.#tiles, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#follow(false);
    const { host } = this.#picture;
    host.removeEventListener('pointermove', this.#move);
    host.removeEventListener('pointerdown', this.#move);
    host.removeEventListener('pointerleave', this.#leave);
    this.#figure?.removeEventListener('keydown', this.#key);
    this.#picture.dispose();
  }

  /** Draws anew with each frame while the images move. */
  #follow(moves: boolean): void {
    if (moves) this.#leaveFilm ??= film.subscribe(this.#redraw);
    else this.#leaveFilm?.();
    if (!moves) this.#leaveFilm = null;
  }

  /** Says how many of all are shown. */
  #showAll(scene: Scene, item: ImageGridItem, view: GridView): string {
    this.#pinned.hide();
    const stack = imageStack(view.images);
    const below = roomForNames(item, scene);
    const fit = fitTiles(stack.num, stack.height, stack.width, scene.width, scene.height - FOOT, below);
    paintTiles(this.#tiles, view.images, {
      ...fit,
      low: item.low,
      high: item.high,
      scale: view.scale,
      most: fit.shown,
      foot: below,
      ...(view.isShared ? {} : { endsOf: view.endsOf }),
    });
    if (below > 0) paintNames(this.#tiles, view.images, fit, (index) => item.names?.[index] ?? '');
    this.#shown = { view, fit };
    const count = `${formatCount(fit.shown)} of ${formatCount(view.total)}`;
    return fit.shown < view.total ? `${count} shown` : count;
  }

  #showPinned(scene: Scene, pinned: Pinned): string {
    this.#loupe.hidden = true;
    this.#pinned.show(pinned, scene.width, scene.height - FOOT);
    return pinned.view.nameOf(pinned.index);
  }

  #pin = (event: MouseEvent): void => {
    const box = this.#tiles.getBoundingClientRect();
    const index = this.#indexAt(event.clientX - box.left, event.clientY - box.top);
    if (index !== null) this.#scene?.setOption(PINNED, String(index + 1));
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.#pinned.escape()) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #move = (event: PointerEvent): void => {
    const box = this.#tiles.getBoundingClientRect();
    this.#look(event.clientX - box.left, event.clientY - box.top);
  };

  #leave = (): void => {
    this.#loupe.hidden = true;
  };

  /** Number of the image at a place of the canvas; null between images. */
  #indexAt(x: number, y: number): number | null {
    if (!this.#shown) return null;
    const { view, fit } = this.#shown;
    const stack = imageStack(view.images);
    const column = Math.floor(x / (stack.width * fit.pixel + fit.gap));
    const index = Math.floor(y / (stack.height * fit.pixel + fit.rowGap)) * fit.columns + column;
    return column < 0 || y < 0 || column >= fit.columns || index >= fit.shown ? null : index;
  }

  /** Enlarges the image under the pointer, with its values where they can be written. */
  #look(x: number, y: number): void {
    const [shown, index] = [this.#shown, this.#indexAt(x, y)];
    this.#loupe.hidden = true;
    if (!shown || index === null) return;
    const { view, fit } = shown;
    const stack = imageStack(view.images);
    const host = this.#picture.host;
    const side = Math.min(LOUPE, host.clientHeight - LOUPE_FOOT - 8);
    const cell = Math.floor(side / Math.max(stack.height, stack.width));
    if (cell <= fit.pixel) return;
    paintLoupe(this.#loupe, view, index, cell);
    const [column, row] = [index % fit.columns, Math.floor(index / fit.columns)];
    const wide = stack.width * fit.pixel + fit.gap;
    const [width, height] = [stack.width * cell + 2, stack.height * cell + LOUPE_FOOT + 8];
    const right = (column + 1) * wide + 6;
    const left = right + width <= host.clientWidth ? right : column * wide - width - 10;
    const high = row * (stack.height * fit.pixel + fit.rowGap) - 8;
    const top = Math.min(Math.max(0, high), Math.max(0, host.clientHeight - height));
    this.#loupe.style.transform = `translate(${Math.round(Math.max(0, left))}px,${Math.round(top)}px)`;
    this.#loupe.hidden = false;
  }
}

const valuesOf = ({ low, high }: ImageGridItem): string => `values ${formatNumber(low)} to ${formatNumber(high)}`;

/** The pinned image where one is chosen and there: with what made its pixels, of the same step as the image. */
function pinnedOf(scene: Scene, frame: FrameOf<'image_grid'>, item: ImageGridItem, view: GridView): Pinned | null {
  const index = Number(scene.options[PINNED] ?? '') - 1;
  if (!(index >= 0) || index >= imageStack(view.images).num) return null;
  const input = frame.items.find((one) => one.node === 'input') ?? null;
  const parts = partsBeside(scene, frame);
  const maps = parts?.item(item.node)?.images;
  if (!parts || !maps || maps.data.length === 0) return { view, index, node: item.node, parts: null, input };
  const { height, width } = imageStack(view.images);
  const images = { data: maps.data, shape: [maps.data.length / (height * width), 1, height, width] };
  return { view: { ...view, images }, index, node: item.node, parts, input };
}

/** What pixels were made from, of the same sample. */
function partsBeside(scene: Scene, frame: FrameOf<'image_grid'>): Parts | null {
  for (const probe of (scene.probes ?? []).slice(1)) {
    const beside = asShape(shownFrame({ ...scene, probe }), 'image_grid');
    if (beside && beside.sample?.index === frame.sample?.index) return new Parts(beside);
  }
  return null;
}
