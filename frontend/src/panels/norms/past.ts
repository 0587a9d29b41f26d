/** The statistics of a norm through the run: lines over the steps, of one channel or of all. */
import type { Pen } from '../../draw/canvas';
import { formatCount, formatNumber, formatTick } from '../../draw/format';
import { robustRange } from '../../draw/limits';
import { niceTicks, type Range } from '../../draw/ticks';
import type { ChannelsItem } from '../../words/frames';
import { numChannels, type Plot, plotsOf } from '../pictures/channels';
import type { TipRow } from '../tip';

/** More channels than this are drawn as an even choice. */
export const MOST_LINES = 64;

export interface Moment {
  readonly step: number;
  readonly item: ChannelsItem;
}

/** One channel over the steps; a value that was not measured is NaN. */
export interface Trace {
  readonly channel: number;
  readonly ring: Float64Array;
  readonly bar: Float64Array | null;
}

export interface Past {
  readonly steps: readonly number[];
  readonly plots: readonly { readonly plot: Plot; readonly traces: readonly Trace[] }[];
}

/** The channels to draw: the chosen one, or all, or an even choice of them. */
export function channelsToDraw(num: number, chosen: number | null): number[] {
  if (chosen !== null && chosen < num) return [chosen];
  const stride = Math.max(1, Math.ceil(num / MOST_LINES));
  return Array.from({ length: Math.ceil(num / stride) }, (_, i) => i * stride);
}

export function pastOf(moments: readonly Moment[], which: string, chosen: number | null): Past {
  const all = moments.map(({ item }) => plotsOf(item, which));
  const now = all.at(-1) ?? [];
  const channels = channelsToDraw(numChannels(now), chosen);
  const over = (read: (plots: readonly Plot[]) => ArrayLike<number> | null | undefined, channel: number) =>
    Float64Array.from(all, (plots) => read(plots)?.[channel] ?? Number.NaN);
  const plots = now.map((plot, k) => ({
    plot,
    traces: channels.map((channel) => ({
      channel,
      ring: over((one) => one[k]?.ring, channel),
      bar: plot.bar ? over((one) => one[k]?.bar, channel) : null,
    })),
  }));
  return { steps: moments.map(({ step }) => step), plots };
}

/** From the lowest to the highest value, but for the outermost hundredth of each side. */
export function pastSpan({ plot, traces }: Past['plots'][number]): Range {
  const values = traces.flatMap(({ ring, bar }) => [...ring, ...(bar ?? [])]);
  const [low, high] = robustRange(values) ?? [0, 0];
  const reached: Range = [Math.min(plot.base, low), Math.max(plot.base, high)];
  return reached[1] > reached[0] ? reached : [reached[0] - 0.5, reached[1] + 0.5];
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly steps: Range;
  readonly limits: Range;
}

const PADDING = 7;

export const xOf = (pen: { width: number }, { left, steps }: Place, step: number): number =>
  left + ((step - steps[0]) / (steps[1] - steps[0])) * (pen.width - left - 6);

export const yOf = ({ top, height, limits: [low, high] }: Place, value: number): number =>
  top + height - PADDING - ((value - low) / (high - low)) * (height - 2 * PADDING);

export function paintPast(pen: Pen, past: Past, index: number, place: Place, near: number | null): void {
  const { plot, traces } = past.plots[index] as Past['plots'][number];
  const { left, top, height, limits } = place;
  pen.text(plot.name, 0, top + height / 2 + 4, { colour: pen.colour('ink') });
  const ticks = niceTicks(limits[0], limits[1], height < 52 ? 3 : 4);
  for (const value of ticks.values) {
    const y = yOf(place, value);
    pen.line(left, y, pen.width, y, pen.colour(value === 0 ? 'line' : 'line-faint'));
    pen.text(formatTick(value, ticks.step), left - 6, y + 4, { align: 'right' });
  }
  const isOne = traces.length === 1;
  pen.inside({ x: left, y: top, width: pen.width - left, height }, () => {
    for (const trace of traces) {
      const isNear = isOne || trace.channel === near;
      if (isNear && !isOne) continue;
      paintTrace(pen, past.steps, trace, place, isOne ? 1 : near === null ? 0.4 : 0.15);
    }
    const pointed = isOne ? undefined : traces.find((trace) => trace.channel === near);
    if (pointed) paintTrace(pen, past.steps, pointed, place, 1);
  });
}

function paintTrace(pen: Pen, steps: readonly number[], trace: Trace, place: Place, alpha: number): void {
  const { context } = pen;
  context.save();
  context.globalAlpha = alpha;
  paintLine(pen, steps, trace.ring, place, pen.colour('train'), alpha === 1 ? 1.5 : 1);
  if (trace.bar) paintLine(pen, steps, trace.bar, place, pen.colour('ink'), alpha === 1 ? 2 : 1);
  context.restore();
}

function paintLine(
  pen: Pen,
  steps: readonly number[],
  values: Float64Array,
  place: Place,
  colour: string,
  width: number,
) {
  const { context } = pen;
  context.beginPath();
  let isDown = false;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) {
      isDown = false;
      return;
    }
    const [x, y] = [xOf(pen, place, steps[i] as number), yOf(place, value)];
    if (isDown) context.lineTo(x, y);
    else context.moveTo(x, y);
    isDown = true;
  });
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = 'round';
  context.stroke();
}

/** Steps below both plots, the viewed or hovered one as a line, and what the lines are. */
export function paintSteps(pen: Pen, past: Past, place: Place, bottom: number, line: number | null): void {
  const baseline = pen.height - 5;
  pen.line(place.left, bottom, pen.width, bottom, pen.colour('line-strong'));
  const ticks = niceTicks(place.steps[0], place.steps[1], pen.width < 400 ? 3 : 5);
  for (const step of ticks.values) {
    const x = xOf(pen, place, step);
    const align = step === place.steps[0] ? 'left' : x > pen.width - 20 ? 'right' : 'center';
    pen.text(formatTick(step, ticks.step), x, bottom + 14 * pen.theme.textScale, { align });
  }
  if (line !== null && line >= place.steps[0] && line <= place.steps[1]) {
    const x = xOf(pen, place, line);
    pen.line(x, 0, x, bottom, pen.colour('ink-3'));
  }
  const hasBars = past.plots.some(({ plot }) => plot.bar);
  const words = past.plots[0]?.plot.name === 'γ' ? ['learned'] : hasBars ? ['batch', 'running'] : ['batch'];
  let x = pen.width - words.reduce((sum, word) => sum + 34 + pen.measure(word), 0) + 12;
  for (const word of words) {
    const colour = pen.colour(word === 'running' ? 'ink' : 'train');
    pen.rect({ x, y: baseline - 5, width: 14, height: 2 }, colour);
    pen.text(word, x + 19, baseline, { colour: pen.colour('ink-2') });
    x += 34 + pen.measure(word);
  }
}

/** The moment nearest to the place, and the channel whose line is nearest to it. */
export function nearestAt(
  pen: { width: number },
  past: Past,
  places: readonly Place[],
  x: number,
  y: number,
): { moment: number; channel: number } | null {
  const first = places[0];
  if (!first || x < first.left || past.steps.length === 0) return null;
  let moment = 0;
  past.steps.forEach((step, i) => {
    const far = Math.abs(xOf(pen, first, step) - x);
    if (far < Math.abs(xOf(pen, first, past.steps[moment] as number) - x)) moment = i;
  });
  const index = places.findIndex((place) => y >= place.top && y < place.top + place.height);
  const place = places[index];
  if (!place) return null;
  let best: { channel: number; far: number } | null = null;
  for (const { channel, ring, bar } of past.plots[index]?.traces ?? []) {
    for (const values of [ring, bar]) {
      const far = Math.abs(yOf(place, values?.[moment] ?? Number.NaN) - y);
      if (Number.isFinite(far) && (!best || far < best.far)) best = { channel, far };
    }
  }
  return best ? { moment, channel: best.channel } : null;
}

export function pastTip(past: Past, moment: number, channel: number, colour: string): TipRow[] {
  const rows: TipRow[] = [{ name: `step ${formatCount(past.steps[moment] as number)}, channel ${channel + 1}` }];
  for (const { plot, traces } of past.plots) {
    const trace = traces.find((one) => one.channel === channel);
    if (!trace) continue;
    const name = plot.bar ? `${plot.name}, batch` : plot.name;
    rows.push({ name, value: formatNumber(trace.ring[moment] as number), colour, isStrong: true });
    if (trace.bar) rows.push({ name: `${plot.name}, running`, value: formatNumber(trace.bar[moment] as number) });
  }
  return rows;
}
