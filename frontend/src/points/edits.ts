/** What the buttons of the view do to the graph of a plain stack, as plain functions. */
import type { NodeSpec } from '../generated/schemas';
import type { Column, Stack } from './stack';

type Fields = Record<string, unknown>;

/** Where there is no hidden layer yet, the first one is this. */
const FIRST_HIDDEN: readonly NodeSpec[] = [
  { kind: 'linear', out_features: 4 },
  { kind: 'tanh' },
] as unknown as NodeSpec[];

export const MOST_UNITS = 64;

/** Sizes that a node may state of what it reads; they follow from the layer before. */
const STATED = ['in_features', 'num_features'];

function without(node: NodeSpec, ...names: string[]): NodeSpec {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name))) as unknown as NodeSpec;
}

/** The nodes behind `place` up to the next linear layer, and that one, no longer state what they read. */
function forgetSizes(graph: readonly NodeSpec[], place: number, next: number | undefined): NodeSpec[] {
  return graph.map((node, at) => (at > place && at <= (next ?? graph.length) ? without(node, ...STATED) : node));
}

/** Another number of units in a hidden layer. */
export function withUnits(graph: readonly NodeSpec[], stack: Stack, column: Column, count: number): NodeSpec[] {
  const place = column.places[0];
  if (column.part !== 'hidden' || place === undefined) return [...graph];
  const next = stack[stack.indexOf(column) + 1]?.places[0];
  const units = Math.max(1, Math.min(MOST_UNITS, count));
  return forgetSizes(graph, place, next).map((node, at) =>
    at === place ? ({ ...node, out_features: units } as NodeSpec) : node,
  );
}

/** One more hidden layer before the output, made like the last one. */
export function withLayer(graph: readonly NodeSpec[], stack: Stack): NodeSpec[] {
  const [last, output] = [stack.at(-2), stack.at(-1)];
  const at = output?.places[0];
  if (at === undefined) return [...graph];
  const taken = new Set(graph.flatMap((node) => (node.id ? [node.id] : [])));
  const like = last?.part === 'hidden' ? last.places.map((place) => graph[place] as NodeSpec) : FIRST_HIDDEN;
  const fresh = like.map((node) => named(without(node, 'id', 'inputs', ...STATED), node.id, taken));
  const plain = forgetSizes(graph, at - 1, at).map((node) => without(node, 'inputs'));
  return [...plain.slice(0, at), ...fresh, ...plain.slice(at)];
}

/** `hidden3` after `hidden2`, where that name is free; otherwise the name goes without saying. */
function named(node: NodeSpec, like: string | null | undefined, taken: ReadonlySet<string>): NodeSpec {
  const parts = /^(.*?)(\d+)$/.exec(like ?? '');
  const id = parts ? `${parts[1]}${Number(parts[2]) + 1}` : '';
  return id && !taken.has(id) ? ({ id, ...(node as unknown as Fields) } as unknown as NodeSpec) : node;
}

/** The graph without a hidden layer and what follows it. */
export function withoutLayer(graph: readonly NodeSpec[], stack: Stack, column: Column): NodeSpec[] {
  if (column.part !== 'hidden') return [...graph];
  const next = stack[stack.indexOf(column) + 1]?.places[0];
  const plain = forgetSizes(graph, column.places[0] ?? 0, next).map((node) => without(node, 'inputs'));
  return plain.filter((_, place) => !column.places.includes(place));
}
