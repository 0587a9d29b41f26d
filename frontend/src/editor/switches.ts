/**
 * The switches that need no editor: norm, activation and dropout of a whole network, as changes of its graph.
 *
 * Each switch has a reading (what the graph has now; null when nodes differ) and a writing (the changed graph).
 */
import type { NodeSpec } from '../generated/schemas';
import { type GroupOf, insertAfter, output, readers, remove, replace, unwire, type Wired, wire } from './graph';

export type Norm = 'none' | 'batch_norm' | 'layer_norm' | 'instance_norm' | 'group_norm';

/** Groups of the layers that a norm or an activation may follow. */
const WEIGHTED = new Set(['weights']);

const field = (node: NodeSpec, name: string): unknown => (node as Record<string, unknown>)[name];

/** The one value that all of a list share; `none` for an empty list, null when they differ. */
function shared<Value>(values: readonly Value[], none: Value): Value | null {
  const first = values[0];
  if (first === undefined) return none;
  return values.every((value) => value === first) ? first : null;
}

function kindsIn(graph: readonly NodeSpec[], group: string, groupOf: GroupOf): string[] {
  return graph.map((node) => node.kind).filter((kind) => groupOf(kind) === group);
}

/** Weighted nodes whose value goes on through the network: every one but the output. */
function hidden(nodes: Wired, groupOf: GroupOf): string[] {
  const last = output(nodes)?.id;
  return nodes.filter((node) => WEIGHTED.has(groupOf(node.spec.kind)) && node.id !== last).map((node) => node.id);
}

export function readNorm(graph: readonly NodeSpec[], groupOf: GroupOf): Norm | null {
  return shared(kindsIn(graph, 'norm', groupOf) as Norm[], 'none');
}

/** The number of groups for group norm over so many channels: the largest divisor up to 8. */
export function groupsFor(channels: number): number {
  for (let count = Math.min(8, channels); count > 1; count -= 1) if (channels % count === 0) return count;
  return 1;
}

function normNode(norm: Norm, follows: NodeSpec | undefined): NodeSpec {
  if (norm !== 'group_norm') return { kind: norm } as NodeSpec;
  const channels = Number((follows && (field(follows, 'out_channels') ?? field(follows, 'out_features'))) ?? 1);
  return { kind: norm, num_groups: groupsFor(channels) } as unknown as NodeSpec;
}

/**
 * The graph with this norm behind every weighted layer but the output. Norms that are there are exchanged in place, so
 * a norm that stands behind its activation stays there.
 */
export function writeNorm(graph: readonly NodeSpec[], norm: Norm, groupOf: GroupOf): NodeSpec[] {
  let nodes = wire(graph);
  const present = nodes.filter((node) => groupOf(node.spec.kind) === 'norm');
  const weightedBefore = (id: string): NodeSpec | undefined => {
    const node = nodes.find((one) => one.id === id);
    const before = nodes.find((one) => one.id === node?.inputs[0]);
    if (!before) return undefined;
    return WEIGHTED.has(groupOf(before.spec.kind)) ? before.spec : weightedBefore(before.id);
  };
  for (const { id } of present) {
    nodes = norm === 'none' ? remove(nodes, id) : replace(nodes, id, normNode(norm, weightedBefore(id)));
  }
  if (norm !== 'none' && present.length === 0) {
    for (const id of hidden(nodes, groupOf)) {
      const spec = nodes.find((node) => node.id === id)?.spec;
      nodes = insertAfter(nodes, id, normNode(norm, spec));
    }
  }
  return unwire(nodes);
}

export function readActivation(graph: readonly NodeSpec[], groupOf: GroupOf): string | null {
  return shared(kindsIn(graph, 'activation', groupOf), 'none');
}

/** The graph with this activation wherever there was one; where there was none, behind every hidden weighted layer. */
export function writeActivation(graph: readonly NodeSpec[], kind: string, groupOf: GroupOf): NodeSpec[] {
  let nodes = wire(graph);
  const present = nodes.filter((node) => groupOf(node.spec.kind) === 'activation');
  for (const { id } of present) {
    nodes = kind === 'none' ? remove(nodes, id) : replace(nodes, id, { kind } as NodeSpec);
  }
  if (kind !== 'none' && present.length === 0) {
    for (const id of hidden(nodes, groupOf)) {
      const norm = readers(nodes, id).find((node) => groupOf(node.spec.kind) === 'norm');
      nodes = insertAfter(nodes, norm?.id ?? id, { kind } as NodeSpec);
    }
  }
  return unwire(nodes);
}

/** p of all dropout nodes: 0 when there is none, null when they differ. */
export function readDropout(graph: readonly NodeSpec[]): number | null {
  const all = graph.filter((node) => node.kind === 'dropout').map((node) => Number(field(node, 'p') ?? 0.5));
  return shared(all, 0);
}

export const countDropout = (graph: readonly NodeSpec[]): number =>
  graph.filter((node) => node.kind === 'dropout').length;

/** The graph with p on every dropout node. Where there is none, one is put in front of the output layer. */
export function writeDropout(graph: readonly NodeSpec[], p: number): NodeSpec[] {
  if (countDropout(graph) > 0) {
    return graph.map((node) => (node.kind === 'dropout' ? ({ ...node, p } as NodeSpec) : node));
  }
  const nodes = wire(graph);
  const last = output(nodes);
  const before = last?.inputs[0];
  if (p === 0 || !last || before === undefined || !nodes.some((node) => node.id === before)) return [...graph];
  return unwire(insertAfter(nodes, before, { kind: 'dropout', p } as unknown as NodeSpec));
}
