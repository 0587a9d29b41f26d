/**
 * What goes on inside a layer: where an attention looks, states and gates of a recurrent layer, what a dropout silenced.
 * The probes of panels measure it; a card shows it small.
 */
import { fitTiles, paintTiles, type ScaleName, type TileFit, turned } from '../draw/tiles';
import { asShape, type FrameStore, type HeatmapItem } from '../stores/frames';
import type { NdArray } from '../words/frames';

/** Probes that cards draw beside what every layer gives, each only where the network has such a layer. */
export const INSIDE_PROBES: readonly string[] = ['attention_maps', 'recurrent_states', 'dropout_masks'];

/** Pictures of one layer on one scale. */
export interface Inside {
  readonly images: NdArray;
  readonly low: number;
  readonly high: number;
  readonly scale: ScaleName;
  /** What they are, for those who cannot see them. */
  readonly what: string;
}

/** Small shares are lifted like those of the panel. */
const BEND = 0.5;

const itemsOf = (frames: FrameStore | null, probe: string, node: string): readonly HeatmapItem[] =>
  asShape(frames?.newest(probe), 'heatmap')?.items.filter((item) => item.node === node) ?? [];

/** Null for a layer of another kind, and until it was measured. */
export function insideOf(frames: FrameStore | null, node: string): Inside | null {
  return attentionOf(frames, node) ?? statesOf(frames, node) ?? masksOf(frames, node);
}

function attentionOf(frames: FrameStore | null, node: string): Inside | null {
  const heads = itemsOf(frames, 'attention_maps', node);
  if (heads.length === 0) return null;
  const images = stack(heads, (value) => value ** BEND);
  return {
    images,
    low: 0,
    high: 1,
    scale: 'count',
    what: 'Where it looks: steps that ask in rows, a map for each head',
  };
}

/** The hidden state and the gates: all lie between −1 and 1, which the cell does not. */
function statesOf(frames: FrameStore | null, node: string): Inside | null {
  const items = itemsOf(frames, 'recurrent_states', node);
  const hidden = items.findLast((item) => item.title.endsWith('hidden'));
  if (!hidden) return null;
  const of = hidden.title.slice(0, -'hidden'.length);
  const gates = items.filter((item) => item.title.startsWith(of) && item.title.endsWith('gate'));
  const images = stack([hidden, ...gates], (value) => value);
  const names = ['hidden state', ...gates.map((item) => item.title.slice(of.length))].join(', ');
  return { images, low: -1, high: 1, scale: 'diverging', what: `Units over the sequence: ${names}` };
}

/** 1 where a unit was kept, 0 where it was dropped; a row for each sample. */
export function masksOf(frames: FrameStore | null, node: string): Inside | null {
  const [item] = itemsOf(frames, 'dropout_masks', node);
  if (!item) return null;
  const images = stack([item], (value) => value);
  return {
    images,
    low: 0,
    high: 1,
    scale: 'count',
    what: 'Kept (in colour) and dropped (empty) in the last training batch',
  };
}

function stack(items: readonly HeatmapItem[], made: (value: number) => number): NdArray {
  const [height = 0, width = 0] = items[0]?.values.shape ?? [];
  const data = new Float32Array(items.length * height * width);
  for (const [at, { values }] of items.entries())
    for (let index = 0; index < height * width; index += 1)
      data[at * height * width + index] = made(values.data[index] as number);
  return { data, shape: [items.length, 1, height, width] };
}

interface Box {
  readonly width: number;
  readonly height: number;
}

/** As large as they fit: all of them, unless they would have to be much smaller than the first alone. */
export function paintInside(canvas: HTMLCanvasElement, { images, low, high, scale, what }: Inside, box: Box): void {
  const lying = turned(images);
  const fits = [images, lying].map(({ shape: [num = 1, , height = 1, width = 1] }) => {
    const all = fitTiles(num, height, width, box.width, box.height);
    const one = fitTiles(1, height, width, box.width, box.height);
    return all.shown === num && all.pixel >= Math.min(2, one.pixel) ? all : one;
  });
  const [upright, flat] = fits as [TileFit, TileFit];
  const isTurned = scale === 'diverging' && flat.pixel > upright.pixel;
  const { columns, pixel, gap, shown } = isTurned ? flat : upright;
  paintTiles(canvas, isTurned ? lying : images, {
    columns,
    pixel,
    gap: Math.min(gap, 4),
    most: shown,
    low,
    high,
    scale,
  });
  canvas.title = what;
}

const SMALLEST_CELL = 2;
const LARGEST_CELL = 4;

/** Rows and columns of a mask that fit into the foot of a card. */
export function paintMask(canvas: HTMLCanvasElement, { images, low, high, scale, what }: Inside, box: Box): void {
  const [, , height = 1, width = 1] = images.shape;
  const pixel = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(box.width / width)));
  const rows = Math.min(height, Math.floor(box.height / pixel));
  const columns = Math.min(width, Math.floor(box.width / pixel));
  const data = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return images.data[row * width + column] as number;
  });
  paintTiles(canvas, { data, shape: [1, 1, rows, columns] }, { columns: 1, pixel, low, high, scale });
  const part = columns < width ? `, the first ${columns} of ${width}` : '';
  canvas.title = `${what}: a row for each sample, a column for each unit${part}.`;
}
