/** Two plots over the channels of a norm: what they hold, and how they are painted. */
import type { Pen } from '../../draw/canvas';
import { formatNumber, formatTick } from '../../draw/format';
import { niceTicks, type Range } from '../../draw/ticks';
import type { ChannelsItem, NdArray } from '../../words/frames';
import type { TipRow } from '../tip';

type Values = NdArray['data'];

/** One of the two plots: a ring for what the batch has or what was learned, a bar for what is compared with it. */
export interface Plot {
  readonly name: string;
  readonly ring: Values | null;
  readonly bar: Values | null;
  /** Taken into the axis: variances start at 0. */
  readonly base: number;
}

export const dataOf = (array: NdArray | null | undefined): Values | null => array?.data ?? null;

export function plotsOf(item: ChannelsItem, which: string): readonly [Plot, Plot] {
  if (which === 'affine') {
    return [
      { name: 'γ', ring: dataOf(item.weight), bar: null, base: 1 },
      { name: 'β', ring: dataOf(item.bias), bar: null, base: 0 },
    ];
  }
  return [
    { name: 'mean', ring: dataOf(item.batch_mean), bar: dataOf(item.running_mean), base: 0 },
    { name: 'var', ring: dataOf(item.batch_var), bar: dataOf(item.running_var), base: 0 },
  ];
}

export const numChannels = (plots: readonly Plot[]): number =>
  Math.max(0, ...plots.flatMap((plot) => [plot.ring?.length ?? 0, plot.bar?.length ?? 0]));

export function spanOf(plot: Plot): Range {
  let [low, high] = [plot.base, plot.base];
  for (const values of [plot.ring, plot.bar]) {
    for (const value of values ?? []) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

const PADDING = 8;
/** Between the numbers of an axis and the plot, and between them and the name at their left. */
const GAP = 6;

/** Where both plots begin: at the usual place, or further right where numbers would lie on a name. */
export function leftOf(
  pen: Pick<Pen, 'measure'>,
  names: readonly string[],
  limits: readonly Range[],
  height: number,
  usual: number,
): number {
  const needed = limits.map(([low, high], i) => {
    const ticks = niceTicks(low, high, height < 52 ? 3 : 4);
    const widest = Math.max(0, ...ticks.values.map((value) => pen.measure(formatTick(value, ticks.step))));
    return pen.measure(names[i] ?? '') + GAP + widest + GAP;
  });
  return Math.max(usual, ...needed);
}

export function paintPlot(pen: Pen, plot: Plot, [low, high]: Range, { left, top, height }: Place, num: number): void {
  const toY = (value: number): number =>
    top + height - PADDING - ((value - low) / (high - low)) * (height - 2 * PADDING);
  const ticks = niceTicks(low, high, height < 52 ? 3 : 4);
  pen.text(plot.name, 0, top + height / 2 + 4, { colour: pen.colour('ink') });
  const shown = ticks.values.length < 2 ? [low, ...ticks.values, high] : ticks.values;
  for (const value of shown) {
    pen.line(left, toY(value), pen.width, toY(value), pen.colour(value === 0 ? 'line' : 'line-faint'));
    pen.text(formatTick(value, ticks.step), left - GAP, toY(value) + 4, { align: 'right' });
  }
  const spacing = (pen.width - left) / num;
  const radius = Math.min(3, Math.max(1, spacing * 0.32));
  const reach = Math.min(5, Math.max(1.5, spacing * 0.4));
  const { context } = pen;
  pen.inside({ x: left, y: top, width: pen.width - left, height }, () => {
    for (let i = 0; i < num; i += 1) {
      const x = left + (i + 0.5) * spacing;
      const [ring, bar] = [plot.ring?.[i], plot.bar?.[i]];
      if (ring !== undefined && bar !== undefined) pen.line(x, toY(ring), x, toY(bar), pen.colour('line-strong'));
      if (bar !== undefined) {
        context.fillStyle = pen.colour('ink');
        context.fillRect(x - reach, toY(bar) - 1, 2 * reach, 2);
      }
      if (ring !== undefined) paintRing(pen, x, toY(ring), radius);
    }
  });
}

function paintRing(pen: Pen, x: number, y: number, radius: number): void {
  const { context } = pen;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = pen.colour(radius > 2 ? 'bg-surface' : 'train');
  context.fill();
  context.strokeStyle = pen.colour('train');
  context.lineWidth = radius > 2 ? 1.6 : 1;
  context.stroke();
}

/** What one ring is of: a channel, a group of them, or all values of a sample together. */
export function partName(plots: readonly Plot[], item: ChannelsItem, at: number): string {
  if (plots[0]?.name !== 'γ') {
    if (item.num_groups) return `group ${at + 1}`;
    if (numChannels(plots) === 1) return 'all';
  }
  return `channel ${at + 1}`;
}

export function paintFoot(pen: Pen, plots: readonly Plot[], left: number, item: ChannelsItem, isSmall: boolean): void {
  const baseline = pen.height - 5;
  const num = numChannels(plots);
  const first = isSmall ? '1' : partName(plots, item, 0);
  pen.text(first, left, baseline);
  if (num > 1) pen.text(String(num), pen.width, baseline, { align: 'right' });
  const hasBars = plots.some((plot) => plot.bar);
  const isAffine = plots[0]?.name === 'γ';
  const words = isAffine ? ['learned'] : hasBars ? ['batch', 'running'] : [`batch, over ${item.axes || 'features'}`];
  const widths = words.map((word) => 18 + pen.measure(word));
  const total = widths.reduce((sum, width) => sum + width, 0) + 14 * (words.length - 1);
  const middle = left + (pen.width - left - total) / 2 + (isSmall ? 0 : 12);
  let x = Math.max(middle, left + pen.measure(first) + 12);
  words.forEach((word, i) => {
    if (i === 0) paintRing(pen, x + 5, baseline - 4, 3);
    else pen.rect({ x: x - 1, y: baseline - 5, width: 12, height: 2 }, pen.colour('ink'));
    pen.text(word, x + 15, baseline, { colour: pen.colour('ink-2') });
    x += (widths[i] as number) + 14;
  });
}

export function tipRows(plots: readonly Plot[], item: ChannelsItem, channel: number, colour: string): TipRow[] {
  const rows: TipRow[] = [{ name: partName(plots, item, channel) }];
  for (const plot of plots) {
    const [ring, bar] = [plot.ring?.[channel], plot.bar?.[channel]];
    const isPair = plot.bar !== null;
    if (ring !== undefined)
      rows.push({
        name: isPair ? `${plot.name}, batch` : plot.name,
        value: formatNumber(ring),
        colour,
        isStrong: true,
      });
    if (bar !== undefined) rows.push({ name: `${plot.name}, running`, value: formatNumber(bar) });
  }
  return rows;
}

export function summaryOf(item: ChannelsItem, plots: readonly Plot[], step: number): string {
  const parts = plots.flatMap((plot) => {
    if (!plot.ring) return [];
    const [low, high] = [Math.min(...plot.ring), Math.max(...plot.ring)];
    return [`${plot.name} from ${formatNumber(low, 2)} to ${formatNumber(high, 2)}`];
  });
  return `${item.node} at step ${step}, ${numChannels(plots)} channels: ${parts.join(', ')}.`;
}
