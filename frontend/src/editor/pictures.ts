/** What a card shows of its layer: feature maps or units, filters, and the distribution of what leaves it. */
import { paintHistogram, paintTiles, type ScaleName } from '../draw';
import { fitTiles, imageStack, numTiles } from '../draw/tiles';
import { asShape, type FrameStore, type HistogramItem, type ImageGridItem } from '../stores/frames';

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

/** Paints all images of an item as large as they fit. */
export function paintItem(canvas: HTMLCanvasElement, item: ImageGridItem, box: Box, scale?: ScaleName): void {
  const stack = imageStack(item.images);
  const fit = fitTiles(numTiles(stack), stack.height, stack.width, box.width, box.height);
  paintTiles(canvas, item.images, {
    columns: fit.columns,
    low: item.low,
    high: item.high,
    scale: scale ?? (item.signed ? 'diverging' : 'count'),
    pixel: fit.pixel,
    // Units are cells of one strip: nothing parts them.
    gap: stack.height === 1 && stack.width === 1 && fit.pixel < 6 ? 0 : Math.min(fit.gap, 3),
    most: fit.shown,
  });
}

export function paintDistribution(canvas: HTMLCanvasElement, item: HistogramItem): void {
  paintHistogram(canvas, item.counts, item.edges, 'ink-3');
}

export function wipe(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}
