/** The features of a point that a network may read, and the switches for them. */
import type { NodeSpec } from '../generated/schemas';

export const FEATURES = ['x', 'y', 'x_squared', 'y_squared', 'xy', 'sin_x', 'sin_y'] as const;
export type Feature = (typeof FEATURES)[number];

export const POINT_FEATURES = 'point_features';

interface Words {
  /** As in a formula. */
  readonly sign: string;
  /** As it is said. */
  readonly name: string;
}

export const WORDS: Readonly<Record<Feature, Words>> = {
  x: { sign: 'x', name: 'x' },
  y: { sign: 'y', name: 'y' },
  x_squared: { sign: 'x²', name: 'x squared' },
  y_squared: { sign: 'y²', name: 'y squared' },
  xy: { sign: 'xy', name: 'x times y' },
  sin_x: { sign: 'sin x', name: 'sine of x' },
  sin_y: { sign: 'sin y', name: 'sine of y' },
};

/** Without a node for features a network reads the two coordinates. */
const PLAIN: readonly Feature[] = ['x', 'y'];

const isFeature = (name: unknown): name is Feature => FEATURES.some((one) => one === name);

/** What the network of this graph reads of a point, in its order. */
export function featuresOf(graph: readonly NodeSpec[]): readonly Feature[] {
  const first = graph[0];
  if (first?.kind !== POINT_FEATURES) return PLAIN;
  const written = (first as Record<string, unknown>).features;
  return Array.isArray(written) ? written.filter(isFeature) : PLAIN;
}

/** True for a node that says nothing but its features. */
const isBare = (node: object): boolean =>
  Object.entries(node).every(([name, value]) => name === 'kind' || name === 'features' || value === null);

const isPlain = (features: readonly Feature[]): boolean => features.join() === PLAIN.join();

/** The graph with one feature switched on or off; as it is where the last one would go. */
export function switchFeature(graph: readonly NodeSpec[], feature: Feature, isOn: boolean): readonly NodeSpec[] {
  const now = featuresOf(graph);
  const next = FEATURES.filter((one) => (one === feature ? isOn : now.includes(one)));
  if (next.length === 0 || next.length === now.length) return graph;
  const first = graph[0];
  const rest = first?.kind === POINT_FEATURES ? graph.slice(1) : graph;
  const written = first?.kind === POINT_FEATURES ? first : { kind: POINT_FEATURES };
  const keepsPlain = isPlain(next) && isBare(written);
  return keepsPlain ? rest : [{ ...written, features: next } as NodeSpec, ...rest];
}
