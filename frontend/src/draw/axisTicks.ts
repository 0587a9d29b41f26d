/** Where an axis has ticks, and what stands at them. */
import { formatDecade, formatTick } from './format';
import { logTicks, niceTicks, type Range } from './ticks';

export interface AxisTicks {
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

/** At most `most` ticks. A logarithmic axis that spans less than a decade has plain numbers where 1, 2, 5 are too few. */
export function axisTicks([low, high]: Range, most: number, isLog = false): AxisTicks {
  const decades = isLog ? logTicks(low, high, most) : [];
  if (decades.length >= 2) return { values: decades, texts: decades.map(formatDecade) };
  const { values, step } = niceTicks(low, high, most);
  return { values, texts: values.map((value) => formatTick(value, step)) };
}
