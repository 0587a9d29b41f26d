/** A series panel in one sentence, for those who do not see it; and its axis in words. */
import { formatCount, formatNumber } from '../../draw/format';
import { firstFrom } from '../../draw/thinning';
import type { SeriesPlan } from './plot';
import type { Line, SeriesScene } from './scene';

/** Share of the run that a trend is read from. */
const RECENT = 0.15;

function trendOf(line: Line): string {
  const last = line.values.length - 1;
  const since = firstFrom(line.steps, (line.steps[last] as number) * (1 - RECENT));
  const before = Math.max(0, since - (line.role === 'validation' ? 1 : 0));
  const [from, to] = [line.values[before] as number, line.values[last] as number];
  const change = (to - from) / (Math.abs(from) || 1);
  if (!Number.isFinite(change) || last < 2) return '';
  if (Math.abs(change) < 0.02) return ' and steady';
  return change > 0 ? ' and rising' : ' and falling';
}

const NAMES = { train: 'Training', validation: 'validation', plain: '' } as const;

/** "Training loss 0.031 and falling, validation loss 0.158 and rising." */
export function seriesSummary(plan: SeriesPlan, lines: readonly Line[], stepsPerEpoch: number): string {
  const quantity = plan.title.toLowerCase();
  const parts = lines.map((line) => {
    const value = plan.format((line.values.at(-1) ?? Number.NaN) * plan.factor);
    return `${NAMES[line.role]} ${quantity} ${value}${plan.factor === 100 ? ' percent' : ''}${trendOf(line)}`.trim();
  });
  const step = Math.max(0, ...lines.map((line) => line.steps.at(-1) ?? 0));
  const epoch = stepsPerEpoch > 0 ? `, epoch ${Math.floor(step / stepsPerEpoch)}` : '';
  return `${parts.join(', ')}. Step ${step}${epoch}.`;
}

/** What the axis across is, with its ends: "steps 0 to 1 840". The screen has a counter that tells it, a file has not. */
export function axisWords({ x: [from, to], stepsPerUnit }: Pick<SeriesScene, 'x' | 'stepsPerUnit'>): string {
  if (stepsPerUnit === 1) return `steps ${formatCount(from)} to ${formatCount(to)}`;
  return `epochs ${formatNumber(from / stepsPerUnit)} to ${formatNumber(to / stepsPerUnit)}`;
}
