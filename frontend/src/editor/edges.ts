/** Edges of a graph: who may read whom, and reading something else. */
import { readers, type Wired, type WiredNode } from './graph';
import { isData, nodeOf } from './sources';

/** One thing that a node reads: `index` counts its inputs. */
export interface Edge {
  readonly to: string;
  readonly index: number;
}

export const find = (nodes: Wired, id: string): WiredNode | undefined => nodes.find((node) => node.id === id);

export const sourceOf = (nodes: Wired, edge: Edge): string | undefined => find(nodes, edge.to)?.inputs[edge.index];

/** True where `later` depends on `id`, or is it. */
export function dependsOn(nodes: Wired, later: string, id: string): boolean {
  const seen = new Set<string>();
  const waiting = [later];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const source of find(nodes, next)?.inputs ?? []) waiting.push(nodeOf(source));
  }
  return false;
}

/** Each node after those it reads, as near to the order that is there as can be; null for a circle. */
export function ordered(nodes: Wired): Wired | null {
  const names = new Set(nodes.map((node) => node.id));
  const done = new Set<string>();
  const result: WiredNode[] = [];
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const isReady = (node: WiredNode): boolean =>
      node.inputs.every((source) => !names.has(nodeOf(source)) || done.has(nodeOf(source)));
    const next = waiting.find(isReady);
    if (!next) return null;
    result.push(next);
    done.add(next.id);
    waiting = waiting.filter((node) => node !== next);
  }
  return result;
}

const withInputs = (nodes: Wired, id: string, inputs: readonly string[]): Wired =>
  nodes.map((node) => (node.id === id ? { ...node, inputs } : node));

/** The graph in which an input reads `source`; an index behind the last one adds an input. Null for a circle. */
export function connect(nodes: Wired, edge: Edge, source: string): Wired | null {
  const node = find(nodes, edge.to);
  if (!node || dependsOn(nodes, nodeOf(source), edge.to)) return null;
  const inputs = [...node.inputs];
  inputs[Math.min(edge.index, inputs.length)] = source;
  return ordered(withInputs(nodes, edge.to, inputs));
}

/** The graph without one input of a node; null where it is the only one, since a node reads something. */
export function disconnect(nodes: Wired, edge: Edge): Wired | null {
  const node = find(nodes, edge.to);
  if (!node || node.inputs.length < 2) return null;
  return withInputs(
    nodes,
    edge.to,
    node.inputs.filter((_, index) => index !== edge.index),
  );
}

/** All that `id` may read without a circle: data, nodes and their ports, in the order of the graph. */
export function possibleSources(
  nodes: Wired,
  id: string,
  data: readonly string[],
  portsOf: (kind: string) => readonly string[],
): string[] {
  const free = nodes.filter((node) => !isData(node.id) && !dependsOn(nodes, node.id, id));
  return [
    ...data,
    ...free.flatMap(({ id: name, spec }) => [name, ...portsOf(spec.kind).map((port) => `${name}.${port}`)]),
  ];
}

/** The first node that reads `id`; undefined for the answer of the network. */
export const nextOf = (nodes: Wired, id: string): WiredNode | undefined => readers(nodes, id)[0];
