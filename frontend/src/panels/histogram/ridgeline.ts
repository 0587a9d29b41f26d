/** Distributions of all layers now, one above the other; the shape at the first step dotted behind. */
import type { Pen } from '../../draw/canvas';
import { formatNumber, formatPercent, formatSpread, formatTick } from '../../draw/format';
import { evenEdges, resample, withoutZeros } from '../../draw/resample';
import { niceTicks, type Range, type Ticks } from '../../draw/ticks';
import type { HistogramItem } from '../../words/frames';
import { nameOf, valueSpan } from './rows';

export interface RidgeRow {
  readonly item: HistogramItem;
  /** The same tensor at the first recorded step. */
  readonly first: HistogramItem | null;
}

export interface RidgeLayout {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly rowHeight: number;
}

/** Points along one outline. */
const NUM_BINS = 72;
/** A share of exact zeros from here on is said beside the row. */
const SAY_ZEROS_FROM = 0.05;

/**
 * Density along the axis, of everything but the exact zeros, in shares of all elements a bin.
 *
 * The last bins are smoothed a little: a histogram of 64 bins put on other bins shows steps that are not in the data.
 */
export function densityOf(item: HistogramItem, axis: Range): Float64Array {
  const { counts, edges } = item;
  const rest = withoutZeros(counts.data, edges.data, Math.round(item.zeros * item.num_measured));
  const bins = resample(rest, edges.data, evenEdges(axis[0], axis[1], NUM_BINS));
  const total = item.num_measured || 1;
  return bins.map((_, i) => {
    const [before, here, after] = [bins[i - 1] ?? bins[i], bins[i], bins[i + 1] ?? bins[i]] as [number, number, number];
    return (before + 2 * here + after) / (4 * total);
  });
}

/**
 * As many ticks as have room for their words, five at most.
 *
 * @param isWithin True where the words at both ends are moved inwards, so that they stay within the width.
 */
export function ticksThatFit(pen: Pick<Pen, 'measure'>, axis: Range, width: number, isWithin = false): Ticks {
  for (let most = 5; ; most -= 1) {
    const ticks = niceTicks(axis[0], axis[1], most);
    const widest = Math.max(...ticks.values.map((value) => pen.measure(formatTick(value, ticks.step))));
    const pitch = (ticks.step / (axis[1] - axis[0])) * width;
    const ends = [ticks.values[0] ?? 0, ticks.values.at(-1) ?? 0].map(
      (value) => (value - axis[0]) / (axis[1] - axis[0]),
    );
    const isMoved = isWithin && ends.some((share) => Math.min(share, 1 - share) * width < widest / 2);
    if (most <= 2 || (isMoved ? 1.5 : 1) * widest + 8 <= pitch) return ticks;
  }
}

/** What is worth saying beside mean and deviation: `48 % zero`. */
export function noteOf(item: HistogramItem): string {
  if (item.non_finite > 0) return `${item.non_finite} not finite`;
  if (item.ratio !== null) return `${formatNumber(item.ratio, 2)} × weight`;
  if (item.dead !== null && item.dead >= 0.005) return `${formatPercent(item.dead)} dead`;
  if (item.saturated !== null && item.saturated >= SAY_ZEROS_FROM) return `${formatPercent(item.saturated)} saturated`;
  return item.zeros >= SAY_ZEROS_FROM ? `${formatPercent(item.zeros)} zero` : '';
}

const spreadOf = (item: HistogramItem): string => formatSpread(item.mean ?? Number.NaN, item.std ?? Number.NaN);

export function ridgeLayout(pen: Pen, rows: readonly RidgeRow[], isSmall: boolean): RidgeLayout {
  const names = rows.map(({ item }) => pen.measure(nameOf(item)));
  const notes = isSmall
    ? [0]
    : rows.map(({ item }) => Math.max(pen.measure(spreadOf(item)), pen.measure(noteOf(item))));
  const bottom = 20 * pen.theme.textScale;
  return {
    left: Math.min(Math.max(...names) + 12, pen.width * 0.3),
    right: Math.max(...notes) + (isSmall ? 6 : 12),
    top: 4,
    bottom,
    rowHeight: (pen.height - bottom - 4) / rows.length,
  };
}

export function paintRidges(pen: Pen, rows: readonly RidgeRow[], axis: Range, isSmall: boolean): RidgeLayout {
  const layout = ridgeLayout(pen, rows, isSmall);
  const { left, right, top, bottom, rowHeight } = layout;
  const width = pen.width - left - right;
  const foot = pen.height - bottom;
  const toX = (value: number): number => left + ((value - axis[0]) / (axis[1] - axis[0])) * width;
  const ticks = ticksThatFit(pen, axis, width);
  for (const value of ticks.values) {
    pen.line(toX(value), top, toX(value), foot, pen.colour(value === 0 ? 'line' : 'line-faint'));
    pen.text(formatTick(value, ticks.step), toX(value), pen.height - 5, { align: 'center' });
  }
  const amplitude = rowHeight * 0.84;
  rows.forEach((row, i) => {
    const base = top + rowHeight * (i + 1);
    paintRow(pen, row, axis, { left, width, base, amplitude });
    pen.line(left, base, pen.width - right, base, pen.colour('line'));
    paintNames(pen, row.item, layout, base, isSmall);
  });
  return layout;
}

function paintNames(pen: Pen, item: HistogramItem, layout: RidgeLayout, base: number, isSmall: boolean): void {
  pen.text(nameOf(item), 0, base - 4, { colour: pen.colour('ink'), most: layout.left - 8 });
  if (isSmall) return;
  const note = noteOf(item);
  const hasRoom = layout.rowHeight >= 30 * pen.theme.textScale;
  const spread = base - 4 - (note && hasRoom ? 14 * pen.theme.textScale : 0);
  pen.text(spreadOf(item), pen.width, spread, { align: 'right', colour: pen.colour('ink-2') });
  if (note && hasRoom) pen.text(note, pen.width, base - 4, { align: 'right' });
}

/** A shape that hides what is behind it; the newest one is in the colour of data, older ones are grey. */
export function fillRidge(pen: Pen, density: Float64Array, place: Place, isNewest: boolean): void {
  const { context } = pen;
  trace(pen, density, place);
  context.lineTo(place.left + place.width, place.base);
  context.lineTo(place.left, place.base);
  context.fillStyle = pen.colour('bg-surface');
  context.globalAlpha = 0.82;
  context.fill();
  context.fillStyle = pen.colour(isNewest ? 'train' : 'ink-3');
  context.globalAlpha = isNewest ? 0.25 : 0.12;
  context.fill();
  context.globalAlpha = 1;
  trace(pen, density, place);
  context.lineWidth = isNewest ? 1.5 : 1;
  context.strokeStyle = pen.colour(isNewest ? 'train' : 'ink-3');
  context.stroke();
}

interface Place {
  readonly left: number;
  readonly width: number;
  readonly base: number;
  readonly amplitude: number;
}

function paintRow(pen: Pen, { item, first }: RidgeRow, axis: Range, place: Place): void {
  const { context } = pen;
  const density = densityOf(item, axis);
  const colour = pen.colour('train');
  trace(pen, density, place);
  context.lineTo(place.left + place.width, place.base);
  context.lineTo(place.left, place.base);
  context.globalAlpha = 0.2;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
  if (first && first !== item && fits(first, axis)) {
    trace(pen, densityOf(first, axis), place);
    context.setLineDash([2, 2]);
    context.lineWidth = 1;
    context.strokeStyle = pen.colour('ink-3');
    context.stroke();
    context.setLineDash([]);
  }
  trace(pen, density, place);
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.strokeStyle = colour;
  context.stroke();
}

/** Where it was so much wider that its outline would be a level line, it says nothing here. */
const fits = (first: HistogramItem, axis: Range): boolean => {
  const [low, high] = valueSpan([first]);
  return high - low <= 4 * (axis[1] - axis[0]);
};

/** The outline, as high as its own largest density: shapes are compared, not sizes. */
function trace(pen: Pen, density: Float64Array, { left, width, base, amplitude }: Place): void {
  const { context } = pen;
  const top = Math.max(...density) || 1;
  context.beginPath();
  density.forEach((value, i) => {
    const x = left + ((i + 0.5) / density.length) * width;
    const y = base - (value / top) * amplitude;
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}
