/** One map on the canvas: cells, names, title; and the scales in the foot. */
import { type Box, type Pen, putPixels } from '../../draw/canvas';
import type { Scale } from '../../draw/colours';
import { formatFixed, formatNumber } from '../../draw/format';
import type { HeatmapItem } from '../../words/frames';
import { paintBar } from '../pictures/bar';
import { strideOf } from './layout';
import { type Ends, endsOf, nameAt, sizeOf } from './maps';

/** Cells from this size on are parted, and from the next on carry their value. */
const PART_FROM = 8;
const WRITE_FROM = { width: 28, height: 15 };
const HATCH = 6;
/** How a scale of shares is bent; its ends stay true. */
const BEND = 0.5;

const scaleOf = (pen: Pen, ends: Ends): Scale => (ends.signed ? pen.theme.diverging : pen.theme.count);

const bent = (ends: Ends, share: number): number => (ends.lifts ? share ** BEND : share);

export function paintCells(pen: Pen, item: HeatmapItem, box: Box): void {
  const { rows, columns } = sizeOf(item);
  const ends = endsOf(item);
  const scale = scaleOf(pen, ends);
  const values = item.values.data;
  const share = (i: number): number => ((values[i] as number) - ends.low) / (ends.high - ends.low);
  if (values.some(Number.isNaN)) hatch(pen, box);
  const pixels = Uint32Array.from({ length: rows * columns }, (_, i) => scale.pixel(bent(ends, share(i))));
  putPixels(pen.context, pixels, columns, rows, box);
  const [wide, high] = [box.width / columns, box.height / rows];
  if (Math.min(wide, high) >= PART_FROM) part(pen, box, rows, columns);
  if (wide < WRITE_FROM.width * pen.theme.textScale || high < WRITE_FROM.height * pen.theme.textScale) return;
  for (let i = 0; i < rows * columns; i += 1) {
    if (Number.isNaN(values[i])) continue;
    const far = ends.signed ? 2 * Math.abs(share(i) - 0.5) : bent(ends, share(i));
    pen.text(
      inCell(values[i] as number),
      box.x + ((i % columns) + 0.5) * wide,
      box.y + (Math.floor(i / columns) + 0.5) * high + 4,
      { align: 'center', colour: pen.colour(far > 0.6 ? 'ink-inverse' : 'ink'), most: wide - 2 },
    );
  }
}

const inCell = (value: number): string =>
  Math.abs(value) < 10 ? formatFixed(value, 2).replace('0.', '.') : formatNumber(value, 2);

/** What has no value is hatched, so that it is not taken for a small one. */
function hatch(pen: Pen, box: Box): void {
  pen.inside(box, () => {
    for (let x = box.x - box.height; x < box.x + box.width; x += HATCH)
      pen.line(x, box.y + box.height, x + box.height, box.y, pen.colour('line'));
  });
}

function part(pen: Pen, box: Box, rows: number, columns: number): void {
  const colour = pen.colour('bg-surface');
  const [wide, high] = [box.width / columns, box.height / rows];
  for (let c = 1; c <= columns; c += 1)
    pen.rect({ x: Math.round(box.x + c * wide) - 1, y: box.y, width: 1, height: box.height }, colour);
  for (let r = 1; r <= rows; r += 1)
    pen.rect({ x: box.x, y: Math.round(box.y + r * high) - 1, width: box.width, height: 1 }, colour);
}

/** Width that the names of the rows take. */
export function namesWidth(pen: Pen, item: HeatmapItem, most: number): number {
  const { rows } = sizeOf(item);
  let widest = 0;
  for (let row = 0; row < rows; row += 1) widest = Math.max(widest, pen.measure(nameAt(item.row_names, row)));
  return Math.ceil(Math.min(widest, most)) + 7;
}

export function paintRowNames(pen: Pen, item: HeatmapItem, box: Box, left: number): void {
  const { rows } = sizeOf(item);
  const high = box.height / rows;
  const stride = strideOf(high, 12 * pen.theme.textScale);
  for (let row = 0; row < rows; row += stride) {
    // The first one keeps clear of the title above it.
    const y = box.y + Math.max((row + 0.5) * high + 4, 8 * pen.theme.textScale);
    pen.text(nameAt(item.row_names, row), box.x - 6, y, { align: 'right', most: left - 6 });
  }
}

export function paintColumnNames(pen: Pen, item: HeatmapItem, box: Box, baseline: number): void {
  const { columns } = sizeOf(item);
  const wide = box.width / columns;
  let widest = 0;
  for (let column = 0; column < columns; column += 1)
    widest = Math.max(widest, Math.min(56, pen.measure(nameAt(item.column_names, column))));
  const stride = strideOf(wide, widest + (widest < 12 ? 1 : 5));
  for (let column = 0; column < columns; column += stride) {
    const name = nameAt(item.column_names, column);
    const half = Math.min(pen.measure(name), stride * wide) / 2;
    // The first keeps clear of what stands left of the map, the last of the edge.
    const x = Math.min(Math.max(box.x + (column + 0.5) * wide, box.x + half), pen.width - half);
    pen.text(name, x, baseline, { align: 'center', most: stride * wide });
  }
}

const endsText = ({ signed, low, high }: Ends): string =>
  signed ? `±${formatNumber(high, 2)}` : `${formatNumber(low, 2)} … ${formatNumber(high, 2)}`;

/** Title above a map; with the ends of its scale where they are not those of all. */
export function paintTitle(pen: Pen, item: HeatmapItem, box: Box, width: number, saysEnds: boolean): void {
  const y = box.y - 5;
  const ends = saysEnds ? endsText(endsOf(item)) : '';
  const taken = ends ? pen.measure(ends) + 8 : 0;
  const fits = width - taken >= Math.min(pen.measure(item.title), 40);
  const most = Math.max(8, fits ? width - taken : width);
  const title = pen.measure(item.title) > most ? item.title.replace(/ gate$/, '') : item.title;
  pen.text(title, box.x, y, { colour: pen.colour('ink-2'), most });
  if (ends && fits) pen.text(ends, box.x + width, y, { align: 'right' });
}

/** The scales with their ends, and what shares them. */
export function paintScales(pen: Pen, scales: readonly Ends[], num: number, words: string): void {
  const baseline = pen.height - 5;
  const numbers = scales.map((ends) => [formatNumber(ends.low, 2), formatNumber(ends.high, 2)] as const);
  const taken = numbers.reduce((sum, [low, high]) => sum + pen.measure(low) + pen.measure(high) + 34, 0);
  const bar = Math.max(20, Math.min(84, (pen.width - taken) / scales.length));
  let x = 0;
  for (const [i, ends] of scales.entries()) {
    const [low, high] = numbers[i] as readonly [string, string];
    const needed = pen.measure(low) + pen.measure(high) + bar + 16;
    if (x > 0 && x + needed > pen.width) break;
    pen.text(low, x, baseline, { colour: pen.colour('ink-2') });
    const left = x + pen.measure(low) + 8;
    const scale = scaleOf(pen, ends);
    const pixels = Uint32Array.from({ length: 64 }, (_, k) => scale.pixel(bent(ends, k / 63)));
    paintBar(pen, pixels, left, baseline - 7, bar);
    pen.text(high, left + bar + 8, baseline, { colour: pen.colour('ink-2') });
    x += needed + 18;
  }
  const shared = scales.length === 1 && num > 1 ? `one scale for all ${num}` : '';
  const right = [words, shared].filter(Boolean).join(' · ');
  if (right && x + pen.measure(right) <= pen.width) pen.text(right, pen.width, baseline, { align: 'right' });
}
