/** What a card shows of its layer: feature maps or units, filters, and the distribution of what leaves it. */
import { paintHistogram, paintTiles, type ScaleName } from '../draw';
import { Pen } from '../draw/canvas';
import { stillOf } from '../draw/film';
import { fitTiles, imageStack, numTiles, turned } from '../draw/tiles';
import { asShape, type FrameStore, type HistogramItem, type ImageGridItem } from '../stores/frames';
import type { NdArray } from '../words/frames';

/** The item of the last of these nodes that has one: what leaves a card is what its last cap gives. */
function lastOf<Item extends { readonly node: string }>(
  items: readonly Item[],
  nodes: readonly string[],
): Item | undefined {
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const found = items.find((item) => item.node === nodes[index]);
    if (found) return found;
  }
  return undefined;
}

export function mapsOf(frames: FrameStore | null, nodes: readonly string[]): ImageGridItem | undefined {
  return lastOf(asShape(frames?.newest('feature_maps'), 'image_grid')?.items ?? [], nodes);
}

export function distributionOf(frames: FrameStore | null, nodes: readonly string[]): HistogramItem | undefined {
  return lastOf(asShape(frames?.newest('activations'), 'histogram')?.items ?? [], nodes);
}

export function filtersOf(frames: FrameStore | null, node: string): ImageGridItem | undefined {
  return asShape(frames?.newest('filters'), 'image_grid')?.items.find((item) => item.node === node);
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/**
 * Paints all images of an item as large as they fit, of a clip those of the frame shown now. One that is higher than wide
 * lies on its side where it gets larger.
 */
export function paintItem(canvas: HTMLCanvasElement, item: ImageGridItem, box: Box, scale?: ScaleName): void {
  const standing = separate(stillOf(item));
  const upright = imageStack(standing);
  const isTall = numTiles(upright) === 1 && isLargerTurned(upright, box);
  const images = isTall ? turned(standing) : standing;
  const stack = isTall ? imageStack(images) : upright;
  const colours = scale ?? (item.signed ? 'diverging' : 'count');
  const { low, high } = item;
  if (stack.height === 1 && stack.width === 1) {
    const count = numTiles(stack);
    paintTiles(canvas, images, { ...strip(count, box), low, high, scale: colours, gap: HAIRLINE });
    return;
  }
  const fit = fitTiles(numTiles(stack), stack.height, stack.width, box.width, box.height);
  paintTiles(canvas, images, {
    columns: fit.columns,
    low,
    high,
    scale: colours,
    pixel: fit.pixel,
    gap: Math.min(fit.gap, 3),
    most: fit.shown,
  });
}

/** Three channels that are no colours are three images. */
function separate({ images, in_colour }: ImageGridItem): NdArray {
  const { data, num, channels, height, width } = imageStack(images);
  return channels === 3 && !in_colour ? { data, shape: [num * 3, 1, height, width] } : images;
}

/** True for a picture higher than wide whose cells are larger when it lies, or that is higher than the box. */
function isLargerTurned({ height, width }: { readonly height: number; readonly width: number }, box: Box): boolean {
  if (height <= width) return false;
  const pixelOf = (rows: number, columns: number): number => fitTiles(1, rows, columns, box.width, box.height).pixel;
  return height > box.height || pixelOf(width, height) > pixelOf(height, width);
}

const LARGEST_CELL = 22;
/** A hairline between two units. */
const HAIRLINE = 1;

/** Units lie side by side in as few rows as fill the box, with the largest whole cells. */
function strip(count: number, box: Box): { readonly columns: number; readonly pixel: number } {
  for (let pixel = LARGEST_CELL; pixel > 1; pixel -= 1) {
    const columns = Math.floor((box.width + HAIRLINE) / (pixel + HAIRLINE));
    const rows = Math.ceil(count / Math.max(1, columns));
    if (columns > 0 && rows * (pixel + HAIRLINE) <= box.height + HAIRLINE) {
      return { columns: Math.ceil(count / rows), pixel };
    }
  }
  return { columns: Math.floor(box.width / (1 + HAIRLINE)), pixel: 1 };
}

/** A bar may be so many times as high as the next one; zeros of a ReLU would hide all the rest. */
const HIGHEST_LEAD = 1.3;

/** The distribution without a scale: it shows the form. A bar far above all others is cut; its share is on the cap. */
export function paintDistribution(canvas: HTMLCanvasElement, item: HistogramItem): void {
  const edges = item.edges.data;
  const counts = Array.from(item.counts.data);
  const widths = counts.map((_, index) => (edges[index + 1] ?? 0) - (edges[index] ?? 0));
  const densities = counts.map((count, index) => count / ((widths[index] as number) || 1));
  const [top = 0, second = 0] = [...densities].sort((a, b) => b - a);
  const limit = HIGHEST_LEAD * second;
  const cut = counts.map((count, index) =>
    second > 0 && densities[index] === top && top > limit ? limit * ((widths[index] as number) || 1) : count,
  );
  paintHistogram(canvas, cut, item.edges, 'ink-3');
}

export function wipe(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}

/** Standardised inputs lie nearly all within this distance of 0. */
const POINT_RANGE = 2.2;

/** A point of the plane as the network gets it: a dot between the axes. */
export function paintPoint(canvas: HTMLCanvasElement, item: ImageGridItem, side: number): void {
  const pen = Pen.on(canvas, side, side);
  if (!pen) return;
  const [x = 0, y = 0] = item.images.data;
  const far = Math.max(POINT_RANGE, Math.abs(x), Math.abs(y));
  const middle = side / 2;
  pen.rect({ x: 0, y: 0, width: side, height: side }, pen.colour('bg-sunken'));
  pen.line(0, middle, side, middle, pen.colour('line-strong'));
  pen.line(middle, 0, middle, side, pen.colour('line-strong'));
  pen.context.beginPath();
  pen.context.arc(middle + (x / far) * (middle - 5), middle - (y / far) * (middle - 5), 4, 0, 2 * Math.PI);
  pen.context.fillStyle = pen.colour('ink');
  pen.context.fill();
}
