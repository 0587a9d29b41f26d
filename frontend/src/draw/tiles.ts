/** Many small images on one canvas, all on one colour scale: filters, feature maps, units. */
import type { NdArray } from '../words/frames';
import { fromDevice, toDevice } from './canvas';
import { type Scale, theme } from './colours';

export type ScaleName = 'diverging' | 'count' | 'gray';

export interface TileOptions {
  readonly columns: number;
  /** Values at the two ends of the scale. A diverging scale is widened so that 0 is in the middle. */
  readonly low: number;
  readonly high: number;
  readonly scale: ScaleName;
  /** Side of one cell in CSS pixels; drawn at the nearest whole number of device pixels. */
  readonly pixel: number;
  /** Between two images in a row, and between two rows, CSS pixels. */
  readonly gap?: number;
  readonly rowGap?: number;
  /** Ends of the scale of one image, where they differ from one to the next. */
  readonly endsOf?: (tile: number) => readonly [number, number];
  /** Draw at most so many images. */
  readonly most?: number;
  /** Clear room below the last row, CSS pixels. */
  readonly foot?: number;
}

/** Images as [N, C, H, W] with the sizes by name; [N, H, W] has one channel, [N] is N single cells. */
export interface ImageStack {
  readonly data: NdArray['data'];
  readonly num: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function imageStack(images: NdArray): ImageStack {
  const [num = 0, second = 1, third = 1, fourth] = images.shape;
  if (fourth !== undefined) return { data: images.data, num, channels: second, height: third, width: fourth };
  return { data: images.data, num, channels: 1, height: second, width: third };
}

/** What is drawn as one image: colour where there are three channels, otherwise each channel by itself. */
export function numTiles(stack: ImageStack): number {
  return stack.channels === 3 ? stack.num : stack.num * stack.channels;
}

/** The same images lying on their side: rows are columns. */
export function turned(images: NdArray): NdArray {
  const { data, num, channels, height, width } = imageStack(images);
  const lying = new Float32Array(data.length);
  for (let tile = 0; tile < num * channels; tile += 1) {
    const first = tile * height * width;
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) lying[first + x * height + y] = data[first + y * width + x] as number;
  }
  return { data: lying, shape: [num, channels, width, height] };
}

/** Ends of a scale. Signed data has zero in the middle and both ends equally far. */
export function scaleEnds(low: number, high: number, scale: ScaleName): readonly [number, number] {
  if (scale === 'diverging') {
    const far = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-far, far];
  }
  return high > low ? [low, high] : [low, low + 1];
}

/** Pixel of the cell at `at` of a tile. */
type CellPixel = (tile: number, at: number) => number;

function cellPixel(stack: ImageStack, options: TileOptions): CellPixel {
  const { data, channels, height, width } = stack;
  const area = height * width;
  const shared = scaleEnds(options.low, options.high, options.scale);
  const own = options.endsOf;
  const share = (tile: number, index: number): number => {
    const [low, high] = own ? scaleEnds(...own(tile), options.scale) : shared;
    return ((data[index] as number) - low) / (high - low);
  };
  if (channels === 3) {
    const level = (tile: number, index: number): number =>
      Math.round(255 * Math.min(1, Math.max(0, share(tile, index))));
    return (tile, at) => {
      const first = tile * 3 * area + at;
      const [red, green, blue] = [0, 1, 2].map((c) => level(tile, first + c * area)) as [number, number, number];
      return (0xff << 24) | (blue << 16) | (green << 8) | red;
    };
  }
  const scale: Scale = theme()[options.scale];
  return (tile, at) => scale.pixel(share(tile, tile * area + at));
}

/** Paints the images in rows of `columns` and sizes the canvas to them. Between them the canvas is clear. */
export function paintTiles(canvas: HTMLCanvasElement, images: NdArray, options: TileOptions): void {
  const stack = imageStack(images);
  const num = Math.min(options.most ?? Number.POSITIVE_INFINITY, numTiles(stack));
  const cell = toDevice(options.pixel);
  const gap = toDevice(options.gap ?? 1);
  const rowGap = toDevice(options.rowGap ?? options.gap ?? 1);
  const columns = Math.max(1, Math.min(options.columns, num));
  const rows = Math.ceil(num / columns);
  const wide = columns * (stack.width * cell + gap) - gap;
  const high = rows * (stack.height * cell + rowGap) - rowGap + (options.foot ? toDevice(options.foot) : 0);
  const context = canvas.getContext('2d');
  if (!context || wide < 1 || high < 1) return;
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${fromDevice(wide)}px`;
    canvas.style.height = `${fromDevice(high)}px`;
  }
  const image = context.createImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer);
  const pixelAt = cellPixel(stack, options);
  for (let tile = 0; tile < num; tile += 1) {
    const left = (tile % columns) * (stack.width * cell + gap);
    const top = Math.floor(tile / columns) * (stack.height * cell + rowGap);
    paintOne(pixels, wide, left, top, cell, stack, (at) => pixelAt(tile, at));
  }
  context.putImageData(image, 0, 0);
}

function paintOne(
  pixels: Uint32Array,
  stride: number,
  left: number,
  top: number,
  cell: number,
  { height, width }: ImageStack,
  pixelAt: (at: number) => number,
): void {
  for (let y = 0; y < height; y += 1) {
    const start = (top + y * cell) * stride + left;
    for (let x = 0; x < width; x += 1) pixels.fill(pixelAt(y * width + x), start + x * cell, start + (x + 1) * cell);
    for (let k = 1; k < cell; k += 1) pixels.copyWithin(start + k * stride, start, start + width * cell);
  }
}

export interface TileFit {
  readonly columns: number;
  readonly rows: number;
  /** Side of one cell, CSS pixels. */
  readonly pixel: number;
  readonly gap: number;
  readonly rowGap: number;
  /** Images that fit; fewer than asked for where they would become too small to see. */
  readonly shown: number;
}

/** Between images: at least about one cell up to this; space that is left over goes there up to the wide gap. */
const LEAST_GAP = 6;
const WIDE_GAP = 16;
/** An image is not drawn smaller than this. */
const SMALLEST_IMAGE = 10;

/**
 * The grid with the largest whole cells for `num` images of `height` × `width` in a box.
 *
 * @param below Room for a name below each image, CSS pixels; part of the gap between rows.
 */
export function fitTiles(
  num: number,
  height: number,
  width: number,
  boxWidth: number,
  boxHeight: number,
  below = 0,
): TileFit {
  const unit = fromDevice(1);
  let best: TileFit = { columns: 1, rows: 1, pixel: unit, gap: 1, rowGap: 1, shown: 0 };
  for (let columns = 1; columns <= num; columns += 1) {
    const rows = Math.ceil(num / columns);
    const gapOf = (pixel: number): number => Math.round(Math.min(LEAST_GAP, Math.max(1, pixel)));
    const fits = (pixel: number): boolean =>
      columns * (width * pixel + gapOf(pixel)) - gapOf(pixel) <= boxWidth &&
      rows * (height * pixel + gapOf(pixel) + below) - gapOf(pixel) <= boxHeight;
    let pixel = best.pixel;
    while (fits(pixel + unit)) pixel += unit;
    if (fits(pixel) && (pixel > best.pixel || best.shown === 0)) {
      const spread = (num: number, size: number, box: number): number =>
        num < 2
          ? gapOf(pixel)
          : Math.max(gapOf(pixel), Math.min(WIDE_GAP, Math.floor((box - num * size * pixel) / (num - 1))));
      best = {
        columns,
        rows,
        pixel,
        gap: spread(columns, width, boxWidth),
        rowGap: spread(rows, height, boxHeight - rows * below) + below,
        shown: num,
      };
    }
  }
  const small = best.pixel * Math.min(height, width) < Math.min(SMALLEST_IMAGE, height * 2);
  return best.shown > 0 && !small ? best : fitSome(num, height, width, boxWidth, boxHeight);
}

/** As many images as fit when each is large enough to see. */
function fitSome(num: number, height: number, width: number, boxWidth: number, boxHeight: number): TileFit {
  const unit = fromDevice(1);
  const pixel = Math.max(unit, Math.ceil(Math.min(SMALLEST_IMAGE / Math.min(height, width), 2) / unit) * unit);
  const gap = 2;
  const columns = Math.max(1, Math.floor((boxWidth + gap) / (width * pixel + gap)));
  const rows = Math.max(1, Math.floor((boxHeight + gap) / (height * pixel + gap)));
  const shown = Math.min(num, columns * rows);
  return { columns: Math.min(columns, shown), rows: Math.ceil(shown / columns), pixel, gap, rowGap: gap, shown };
}
