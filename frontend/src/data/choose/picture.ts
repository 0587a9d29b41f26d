/** A small picture of a set, made of real samples: images side by side, points, or all numbers as one map. */
import { paintTiles, theme } from '../../draw';
import { Pen, putPixels } from '../../draw/canvas';
import type { Scale } from '../../draw/colours';
import type { DatasetPreview, PreviewSample } from '../../generated/schemas';
import { paintPoints } from '../points';
import { onPlane } from '../Samples';
import { flatNumbers } from '../values';

const GAP = 2;
const ROWS_OF_IMAGES = 2;
const MOST_ROWS = 24;
const MOST_COLUMNS = 60;

export function paintPicture(canvas: HTMLCanvasElement, preview: DatasetPreview): void {
  const { input_kind, input_shape } = preview.data;
  if (input_kind === 'points') paintPoints(canvas, onPlane(preview));
  else if (input_shape.length >= 3) paintImages(canvas, imagesOf(preview), input_shape.slice(-3), valuesEnds(preview));
  else paintMap(canvas, mapOf(preview));
}

/** The numbers of each picture. */
const imagesOf = (preview: DatasetPreview): number[][] =>
  preview.data.input_shape.length === 4 ? framesOf(preview) : preview.samples.map(({ values }) => flatNumbers(values));

/** The range that a pixel can have, or that these have. */
function valuesEnds({ data, samples }: DatasetPreview): readonly [number, number] {
  const [low, high] = data.value_range ?? [];
  if (low !== undefined && high !== undefined) return [low, high];
  const all = samples.flatMap(({ values }) => flatNumbers(values));
  return [least(all), greatest(all)];
}

/** Frames of the first clips, spread over each: the first clip above the second. */
function framesOf({ data, samples }: DatasetPreview): number[][] {
  const [frames = 1] = data.input_shape;
  const size = data.input_shape.slice(1).reduce((product, side) => product * side, 1);
  return samples.slice(0, ROWS_OF_IMAGES).flatMap(({ values }) => {
    const flat = flatNumbers(values);
    return Array.from({ length: frames }, (_, at) => flat.slice(at * size, (at + 1) * size));
  });
}

function paintImages(
  canvas: HTMLCanvasElement,
  images: readonly (readonly number[])[],
  shape: readonly number[],
  [low, high]: readonly [number, number],
): void {
  const pen = Pen.on(canvas, canvas.clientWidth, canvas.clientHeight);
  const [, height = 1, width = 1] = shape;
  if (!pen || images.length === 0) return;
  const { columns, wide, tall } = gridFor(pen.width, pen.height, width / height);
  const left = (pen.width - columns * (wide + GAP) + GAP) / 2;
  const top = (pen.height - ROWS_OF_IMAGES * (tall + GAP) + GAP) / 2;
  const sheet = document.createElement('canvas');
  const { context } = pen;
  images.slice(0, columns * ROWS_OF_IMAGES).forEach((image, at) => {
    const tile = { data: Float32Array.from(image), shape: [1, ...shape] };
    paintTiles(sheet, tile, { columns: 1, low, high, scale: 'gray', pixel: 1 });
    // Enlarged cells stay sharp; a reduced picture is blended.
    context.imageSmoothingEnabled = wide < width;
    const [x, y] = [left + (at % columns) * (wide + GAP), top + Math.floor(at / columns) * (tall + GAP)];
    context.drawImage(sheet, x, y, wide, tall);
  });
}

/** Two rows of pictures that fill the width as nearly as their form allows. */
function gridFor(width: number, height: number, aspect: number) {
  const most = (height - (ROWS_OF_IMAGES - 1) * GAP) / ROWS_OF_IMAGES;
  const columns = Math.max(1, Math.round((width + GAP) / (most * aspect + GAP)));
  const wide = Math.min(most * aspect, (width - (columns - 1) * GAP) / columns);
  return { columns, wide: Math.floor(wide), tall: Math.floor(wide / aspect) };
}

type Rows = readonly (readonly number[])[];

interface Mapped {
  /** Of 0…1, a row of the picture each. */
  readonly map: Rows;
  readonly scale: 'diverging' | 'sequential';
}

/** A table on its side, each column against its own spread; sequences as they lie, one below the other. */
export function mapOf({ data, samples }: DatasetPreview): Mapped {
  if (data.input_shape.length === 1 && !data.input_is_index) return tableMap(samples);
  const rows = samples.flatMap((sample) => stepsOf(sample, data.input_shape)).slice(0, MOST_ROWS / 2);
  const [low, high] = [least(rows.flat()), greatest(rows.flat())];
  return { map: rows.map((row) => row.map((value) => share(value, low, high))), scale: 'sequential' };
}

/** Columns are samples, sorted by their label, so that what tells the classes apart is seen. */
function tableMap(samples: readonly PreviewSample[]): Mapped {
  const sorted = [...samples].sort((a, b) => labelOrder(a.label, b.label)).slice(0, MOST_COLUMNS);
  const columns = sorted.map(({ values }) => flatNumbers(values));
  const num = Math.min(MOST_ROWS, columns[0]?.length ?? 0);
  const map = Array.from({ length: num }, (_, feature) => {
    const row = columns.map((column) => column[feature] ?? 0);
    const there = row.filter((value) => !Number.isNaN(value));
    const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
    const far = 2 * Math.sqrt(there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / there.length) || 1;
    // What is missing is as pale as the mean.
    return row.map((value) => share(Number.isNaN(value) ? mean : value, mean - far, mean + far));
  });
  return { map, scale: 'diverging' };
}

/** Numbers by size, words by letter. */
function labelOrder(one: string | null, other: string | null): number {
  const [a, b] = [Number(one), Number(other)];
  return Number.isNaN(a) || Number.isNaN(b) ? String(one).localeCompare(String(other)) : a - b;
}

/** [T] is one row; [T, F] is a row for each of the F numbers of a step. */
function stepsOf(sample: PreviewSample, shape: readonly number[]): number[][] {
  const flat = flatNumbers(sample.values);
  const features = shape[1] ?? 1;
  return Array.from({ length: features }, (_, feature) => flat.filter((_one, at) => at % features === feature));
}

function paintMap(canvas: HTMLCanvasElement, { map, scale: scaleName }: Mapped): void {
  const pen = Pen.on(canvas, canvas.clientWidth, canvas.clientHeight);
  const columns = map[0]?.length ?? 0;
  if (!pen || columns === 0) return;
  const scale: Scale = theme()[scaleName];
  const pixels = Uint32Array.from(map.flat(), (value) => scale.pixel(value));
  putPixels(pen.context, pixels, columns, map.length, { x: 0, y: 0, width: pen.width, height: pen.height });
}

const share = (value: number, low: number, high: number): number => (high > low ? (value - low) / (high - low) : 0.5);
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const greatest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
