/** The distribution of one layer through time: steps to the right, values upwards, colour by share. */
import { type Box, type Pen, putPixels } from '../../draw/canvas';
import { formatNumber, formatPercent, formatTick } from '../../draw/format';
import { evenEdges, resample } from '../../draw/resample';
import { niceTicks, type Range } from '../../draw/ticks';
import type { Column } from './rows';

export interface HeatMap {
  readonly box: Box;
  readonly steps: Range;
  readonly values: Range;
  /** Shares of elements, a row of bins for each column; bin 0 is the lowest. */
  readonly shares: readonly Float64Array[];
  readonly columns: readonly Column[];
  /** The largest share: the end of the colour scale. */
  readonly most: number;
}

const NUM_BINS = 48;
/** The scale is bent so that thin tails can be seen; its ends stay true. */
const BEND = 0.6;

export interface HeatScene {
  readonly columns: readonly Column[];
  readonly steps: Range;
  readonly values: Range;
  readonly left: number;
  readonly isSmall: boolean;
  /** True where some steps have values beyond the axis. */
  readonly isCut: boolean;
  readonly viewStep: number | null;
  /** The step under the pointer, here or in another panel. */
  readonly hovered: number | null;
}

export function sharesOf(columns: readonly Column[], values: Range): Float64Array[] {
  const edges = evenEdges(values[0], values[1], NUM_BINS);
  return columns.map(({ item }) => {
    const total = item.num_measured || 1;
    return resample(item.counts.data, item.edges.data, edges).map((count) => count / total);
  });
}

/** Which column stands at each pixel of a strip: the newest that is not after its step; −1 where none is. */
export function columnAt(columns: readonly Column[], steps: Range, pixels: number): Int32Array {
  const places = new Int32Array(pixels).fill(-1);
  const last = columns.at(-1)?.step ?? -1;
  let column = -1;
  for (let x = 0; x < pixels; x += 1) {
    const from = steps[0] + ((steps[1] - steps[0]) * x) / pixels;
    const to = steps[0] + ((steps[1] - steps[0]) * (x + 1)) / pixels;
    while (column + 1 < columns.length && (columns[column + 1] as Column).step < to) column += 1;
    if (from <= last) places[x] = column;
  }
  return places;
}

export function paintHeatMap(pen: Pen, scene: HeatScene): HeatMap {
  const { columns, steps, values, left } = scene;
  const bottom = 20 * pen.theme.textScale;
  const right = (scene.isSmall ? 34 : 74) * pen.theme.textScale;
  const box = { x: left, y: 6, width: Math.max(10, pen.width - left - right), height: pen.height - bottom - 6 };
  const shares = sharesOf(columns, values);
  const most = Math.max(1e-9, ...shares.map((row) => Math.max(...row)));
  paintCells(pen, scene, box, shares, most);
  paintAxes(pen, scene, box);
  if (!scene.isSmall) paintScale(pen, box, most);
  if (scene.isCut) paintCut(pen, scene, box);
  return { box, steps, values, shares, columns, most };
}

function paintCells(pen: Pen, scene: HeatScene, box: Box, shares: readonly Float64Array[], most: number): void {
  const wide = Math.round(box.width);
  const places = columnAt(scene.columns, scene.steps, wide);
  const pixels = new Uint32Array(wide * NUM_BINS);
  for (let x = 0; x < wide; x += 1) {
    const row = shares[places[x] as number];
    if (!row) continue;
    for (let bin = 0; bin < NUM_BINS; bin += 1) {
      const share = ((row[bin] as number) / most) ** BEND;
      if (share > 0) pixels[(NUM_BINS - 1 - bin) * wide + x] = pen.theme.count.pixel(share);
    }
  }
  putPixels(pen.context, pixels, wide, NUM_BINS, box);
}

function paintAxes(pen: Pen, { steps, values, viewStep, hovered }: HeatScene, box: Box): void {
  const foot = box.y + box.height;
  const end = box.x + box.width;
  const toX = (step: number): number => box.x + ((step - steps[0]) / (steps[1] - steps[0])) * box.width;
  const toY = (value: number): number => foot - ((value - values[0]) / (values[1] - values[0])) * box.height;
  pen.line(box.x, foot, end, foot, pen.colour('line-strong'));
  const across = niceTicks(steps[0], steps[1], box.width < 180 ? 3 : 4);
  for (const step of across.values) {
    const align = step === steps[0] ? 'left' : toX(step) > end - 14 ? 'right' : 'center';
    pen.text(formatTick(step, across.step), toX(step), pen.height - 5, { align });
  }
  const upward = niceTicks(values[0], values[1], box.height < 90 ? 3 : 5);
  for (const value of upward.values) {
    pen.text(formatTick(value, upward.step), end + 7, Math.min(foot, Math.max(box.y + 8, toY(value) + 4)));
  }
  if (values[0] < 0 && values[1] > 0) {
    pen.line(box.x, toY(0), end, toY(0), pen.colour('line-strong'), { dash: [1, 3] });
  }
  const line = hovered ?? viewStep;
  if (line !== null) pen.line(toX(line), box.y, toX(line), foot, pen.colour('ink-3'));
}

/** The axis leaves single steps out: how far their values go. */
function paintCut(pen: Pen, { columns, values }: HeatScene, box: Box): void {
  const least = Math.min(...columns.map(({ item }) => item.min ?? 0));
  const most = Math.max(...columns.map(({ item }) => item.max ?? 0));
  const right = box.x + box.width - 3;
  if (most > values[1]) pen.text(`↑ to ${formatNumber(most, 2)}`, right, box.y + 10, { align: 'right' });
  if (least < values[0]) pen.text(`↓ to ${formatNumber(least, 2)}`, right, box.y + box.height - 5, { align: 'right' });
}

/** Upright, at the far right, with its two ends. */
function paintScale(pen: Pen, box: Box, most: number): void {
  const x = pen.width - 30;
  const height = Math.min(64, box.height - 24);
  const top = box.y + 12;
  if (height < 24) return;
  const rows = Math.round(height);
  const pixels = Uint32Array.from({ length: rows }, (_, i) => pen.theme.count.pixel((1 - i / (rows - 1)) ** BEND));
  putPixels(pen.context, pixels, 1, rows, { x, y: top, width: 6, height });
  pen.text(formatPercent(most), pen.width, top - 3, { align: 'right' });
  pen.text('0', x + 10, top + height);
  pen.text('share', pen.width, top + height + 14, { align: 'right' });
}
