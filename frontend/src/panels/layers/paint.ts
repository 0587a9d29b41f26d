/** Small multiples on canvas, and the one that is enlarged. */
import type { Pen } from '../../draw/canvas';
import { formatTick } from '../../draw/format';
import type { Range } from '../../draw/ticks';
import type { HistogramItem } from '../../words/frames';
import { densityOf, ticksThatFit } from '../histogram/ridgeline';
import { GAP, type Layout, type Span } from './layout';
import { NONE } from './numbers';
import { QUANTITIES, type Row } from './rows';

interface Box extends Span {
  readonly y: number;
  readonly height: number;
}

/** The axis of one small multiple. */
export type AxisOf = (row: Row, quantity: number) => Range;

export function paintHead(pen: Pen, layout: Layout): void {
  const base = layout.headHeight - 5;
  const isNarrow = QUANTITIES.some(({ head }, i) => pen.measure(head) > (layout.cells[i]?.width ?? 0) + 1);
  QUANTITIES.forEach(({ head, short }, i) => {
    const span = layout.cells[i];
    if (span) pen.text(isNarrow ? short : head, span.x, base, { most: span.width + GAP - 2 });
  });
  for (const { column, x, width } of layout.numbers) {
    pen.text(column.name, x + width, base, { align: 'right', most: width });
  }
  pen.line(0, layout.headHeight - 1, layout.width, layout.headHeight - 1, pen.colour('line'));
}

/**
 * The rows that can be seen.
 *
 * @param top Pixels that were scrolled.
 * @param numbersOf Which of the four distributions the numbers are of.
 */
export function paintRows(
  pen: Pen,
  layout: Layout,
  rows: readonly Row[],
  { top, numbersOf, axisOf }: { top: number; numbersOf: number; axisOf: AxisOf },
): void {
  const { rowHeight } = layout;
  rows.forEach((row, i) => {
    const y = i * rowHeight - top;
    if (y > pen.height || y + rowHeight < 0) return;
    const base = y + rowHeight / 2 + 4;
    pen.text(row.node, layout.name.x, base, { colour: pen.colour('ink'), most: layout.name.width });
    layout.cells.forEach((span, quantity) => {
      const item = row.items[quantity] ?? null;
      const box = { ...span, y: y + 3, height: rowHeight - 7 };
      if (item) paintSmall(pen, item, axisOf(row, quantity), box);
      else pen.text(NONE, span.x + span.width / 2, base, { align: 'center' });
    });
    const item = row.items[numbersOf] ?? null;
    for (const { column, x, width } of layout.numbers) {
      const text = column.text(item, row);
      pen.text(text, x + width, base, { align: 'right', colour: pen.colour(text === NONE ? 'ink-3' : 'ink-2') });
    }
    pen.line(0, y + rowHeight, layout.width, y + rowHeight, pen.colour('line-faint'));
  });
}

/** The shape without its exact zeros, a hairline at 0, a foot line. */
function paintSmall(pen: Pen, item: HistogramItem, axis: Range, box: Box): void {
  fillShape(pen, item, axis, box);
  const foot = box.y + box.height;
  pen.line(box.x, foot, box.x + box.width, foot, pen.colour('line-strong'));
  paintZero(pen, axis, box);
}

function paintZero(pen: Pen, axis: Range, box: Box): void {
  if (axis[0] > 0 || axis[1] < 0) return;
  const x = box.x + (-axis[0] / (axis[1] - axis[0])) * box.width;
  pen.line(x, box.y, x, box.y + box.height, pen.colour('line'));
}

function fillShape(pen: Pen, item: HistogramItem, axis: Range, box: Box): void {
  const density = densityOf(item, axis);
  const most = Math.max(...density);
  if (!(most > 0)) return;
  const { context } = pen;
  const foot = box.y + box.height;
  context.beginPath();
  context.moveTo(box.x, foot);
  density.forEach((value, i) => {
    context.lineTo(box.x + ((i + 0.5) / density.length) * box.width, foot - (value / most) * (box.height - 1));
  });
  context.lineTo(box.x + box.width, foot);
  context.fillStyle = pen.colour('train');
  context.globalAlpha = 0.22;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = pen.colour('train');
  context.lineWidth = box.height > 40 ? 1.5 : 1;
  context.stroke();
}

/** The enlarged one, with its axis. */
export function paintLarge(pen: Pen, item: HistogramItem, axis: Range): void {
  const foot = pen.height - 16 * pen.theme.textScale;
  const box = { x: 0, y: 2, width: pen.width, height: foot - 2 };
  const ticks = ticksThatFit(pen, axis, pen.width, true);
  const toX = (value: number): number => ((value - axis[0]) / (axis[1] - axis[0])) * pen.width;
  for (const value of ticks.values) {
    const x = toX(value);
    pen.line(x, box.y, x, foot, pen.colour(value === 0 ? 'line-strong' : 'line-faint'));
    const text = formatTick(value, ticks.step);
    const half = pen.measure(text) / 2;
    pen.text(text, Math.max(half, Math.min(pen.width - half, x)), pen.height - 4, { align: 'center' });
  }
  fillShape(pen, item, axis, box);
  pen.line(0, foot, pen.width, foot, pen.colour('line-strong'));
}
