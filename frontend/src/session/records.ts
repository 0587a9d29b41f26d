/** Steps at which something is recorded, going up. */

/** The record that is nearest to a step; the step itself where there are none. */
export function nearestStep(steps: readonly number[], step: number): number {
  return steps.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), steps[0] ?? step);
}

/** The record before (−1) or after (1) a step; null behind the last one. Without records every step is one. */
export function stepBeside(steps: readonly number[], step: number, direction: 1 | -1): number | null {
  if (steps.length === 0) return Math.max(0, step + direction);
  if (direction === 1) return steps.find((one) => one > step) ?? null;
  return steps.findLast((one) => one < step) ?? (steps[0] as number);
}
