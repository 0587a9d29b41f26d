/** The distribution of one layer at several steps, one above the other: the oldest at the back, the newest in front. */
import type { Pen } from '../../draw/canvas';
import { formatCount, formatTick } from '../../draw/format';
import type { Range } from '../../draw/ticks';
import { densityOf, fillRidge, ticksThatFit } from './ridgeline';
import { type Column, fitRows } from './rows';

export interface Waterfall {
  /** From the oldest to the newest. */
  readonly ridges: readonly Column[];
  /** Pixels from one foot to the next. */
  readonly pitch: number;
  /** The foot of the oldest. */
  readonly first: number;
}

/** Least pixels between two feet, and how many of these a ridge may be high. */
const PITCH = 15;
const OVERLAP = 2.6;

/** As many steps as fit, evenly spread over those that were recorded. */
export function paintWaterfall(pen: Pen, columns: readonly Column[], axis: Range, left: number): Waterfall {
  const scale = pen.theme.textScale;
  const foot = pen.height - 20 * scale;
  const ridges = fitRows(columns, Math.max(1, Math.floor((foot - 8) / (PITCH * scale)) - 1));
  const labels = Math.max(...ridges.map(({ step }) => pen.measure(formatCount(step))));
  const width = pen.width - left - labels - 8;
  const pitch = Math.min(40 * scale, (foot - 8) / (ridges.length + OVERLAP - 1));
  const first = foot - pitch * (ridges.length - 1);
  paintAxis(pen, axis, { left, width, foot });
  pen.text('step', pen.width, first - 11 * scale, { align: 'right' });
  ridges.forEach(({ step, item }, i) => {
    const base = first + i * pitch;
    const isNewest = i === ridges.length - 1;
    fillRidge(pen, densityOf(item, axis), { left, width, base, amplitude: pitch * OVERLAP * 0.9 }, isNewest);
    const colour = pen.colour(isNewest ? 'ink' : 'ink-3');
    pen.text(formatCount(step), pen.width, base + 3, { align: 'right', colour });
  });
  return { ridges, pitch, first };
}

function paintAxis(pen: Pen, axis: Range, { left, width, foot }: { left: number; width: number; foot: number }): void {
  const ticks = ticksThatFit(pen, axis, width);
  for (const value of ticks.values) {
    const x = left + ((value - axis[0]) / (axis[1] - axis[0])) * width;
    pen.line(x, 4, x, foot, pen.colour(value === 0 ? 'line' : 'line-faint'));
    pen.text(formatTick(value, ticks.step), x, pen.height - 5, { align: 'center' });
  }
}
