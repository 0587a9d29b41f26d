/** Ticks at 1-2-5 steps and limits that end on them. */

export interface Ticks {
  readonly values: readonly number[];
  readonly step: number;
}

export type Range = readonly [low: number, high: number];

/** 1, 2 or 5 times a power of ten, the smallest that is not below `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

const nextStep = (step: number): number => niceStep(step * 1.5);

/** Multiples of `step` between the limits, free of rounding noise. */
function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-6);
  const last = Math.floor(high / step + 1e-6);
  const inverse = 1 / step;
  // For a step such as 0.2 dividing by 5 is exact where multiplying by 0.2 is not.
  const at = (index: number): number => (step < 1 ? index / Math.round(inverse) : index * step);
  const isExact = step >= 1 || Math.abs(Math.round(inverse) - inverse) < 1e-6 * inverse;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    isExact ? at(first + i) : Number(((first + i) * step).toPrecision(12)),
  );
}

/** Ticks between the limits at the finest 1-2-5 step that gives at most `most` of them. */
export function niceTicks(low: number, high: number, most = 5): Ticks {
  const span = high - low;
  if (!(span > 0)) return { values: [low], step: 1 };
  let step = niceStep(span / most / 5);
  let values = multiples(low, high, step);
  while (values.length > most) {
    step = nextStep(step);
    values = multiples(low, high, step);
  }
  return { values, step };
}

/** The range widened to multiples of the finest 1-2-5 step that gives at most `most` ticks. */
export function niceLimits(low: number, high: number, most = 5): Range {
  if (!(high > low)) {
    const margin = low === 0 ? 1 : niceStep(Math.abs(low) / 10);
    return niceLimits(low - margin, low + margin, most);
  }
  let step = niceStep((high - low) / most / 5);
  for (;;) {
    const from = Math.floor(low / step + 1e-6);
    const to = Math.ceil(high / step - 1e-6);
    if (to - from + 1 <= most) return [Number((from * step).toPrecision(12)), Number((to * step).toPrecision(12))];
    step = nextStep(step);
  }
}

/** The end of an axis that grows: the planned end where there is one, else by half each time it is full. */
export function plannedEnd(planned: number, reached: number): number {
  if (planned >= reached && planned > 0) return planned;
  let end = Math.max(planned, 100);
  while (end < reached) end = Math.ceil(1.5 * end);
  return niceLimits(0, end, 6)[1];
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there are few; none where none fits. */
export function logTicks(low: number, high: number, most = 5): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const powers = Array.from({ length: to - from + 1 }, (_, i) => Number(`1e${from + i}`));
  const isInside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(isInside);
  if (fine.length <= most) return fine;
  const coarse = powers.filter(isInside);
  const stride = Math.ceil(coarse.length / most);
  return coarse.filter((_, i) => i % stride === 0);
}
