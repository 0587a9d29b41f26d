/** Painted points as edits of the experiment. */
import type { RunSpec } from '../../../generated/schemas';
import type { PaintedPoint } from '../../../stores/own';
import { type Asked, withAnswer, withField } from '../../edits';
import { countsOf } from './stroke';

export const PAINTED = 'painted';

/** What a painting is of: as many classes as its highest one says. */
const factsOf = (points: readonly PaintedPoint[]): Asked => {
  const class_names = countsOf(points).map((_, number) => String(number + 1));
  return { task: 'classification', class_names, output_shape: [class_names.length] };
};

/** Other points in a run of painted points; the last layer answers as many classes as there are. */
export const withPainting = (spec: RunSpec, points: readonly PaintedPoint[]): RunSpec =>
  withAnswer(
    { ...spec, data: { ...spec.data, params: withField(spec.data.params, 'points', points) } },
    factsOf(points),
  );

/** The points of the experiment, or those that the set begins with. */
export function pointsOf(spec: RunSpec, initial: unknown): readonly PaintedPoint[] {
  const points = spec.data.params.points ?? initial;
  return Array.isArray(points) ? points.filter(isPoint) : [];
}

const isPoint = (value: unknown): value is PaintedPoint =>
  Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));

/** What is still missing before a network can learn from the points; null where nothing is. */
export function lackOf(points: readonly PaintedPoint[]): string | null {
  if (points.length < 4) return 'Paint at least 4 points.';
  if (new Set(points.map(([, , number]) => number)).size < 2) return 'Paint points of a second class.';
  return null;
}
