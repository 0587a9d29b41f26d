/**
 * The switches that need no editor: norm, activation and dropout of a whole network, as changes of its graph.
 *
 * Each switch has a reading (what the graph has now; null when nodes differ) and a writing (the changed graph).
 */
import type { NodeSpec } from '../generated/schemas';
import {
  type GroupOf,
  insertAfter,
  insertBefore,
  output,
  readers,
  remove,
  replace,
  unwire,
  type Wired,
  type WiredNode,
  wire,
} from './graph';

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

/** Where a norm or a dropout stands: in front of the other thing, or behind it. */
export type Side = 'before' | 'after';

/** The only node that reads `id`, where it reads nothing else. */
function next(nodes: Wired, id: string): WiredNode | undefined {
  const all = readers(nodes, id);
  return all.length === 1 && all[0]?.inputs.length === 1 ? all[0] : undefined;
}

/** Pairs of neighbours of two sorts, in the order in which they stand. */
function neighbours(nodes: Wired, isFirst: (node: WiredNode) => boolean, isSecond: (node: WiredNode) => boolean) {
  return nodes.flatMap((node): [WiredNode, WiredNode][] => {
    const after = next(nodes, node.id);
    if (!after || node.inputs.length !== 1) return [];
    return (isFirst(node) && isSecond(after)) || (isSecond(node) && isFirst(after)) ? [[node, after]] : [];
  });
}

/** Two neighbours in each other's place; their names and fields go with them. */
function swap(nodes: Wired, first: WiredNode, second: WiredNode): Wired {
  const names = new Map([
    [first.id, second.id],
    [second.id, first.id],
  ]);
  return nodes.map((node) => {
    if (node.id === first.id) return { ...second, inputs: first.inputs };
    if (node.id === second.id) return { ...first, inputs: [second.id] };
    return { ...node, inputs: node.inputs.map((input) => names.get(input) ?? input) };
  });
}

interface Sides {
  /** Null where the network has both; none where the question does not arise. */
  read(graph: readonly NodeSpec[]): Side | 'none' | null;
  write(graph: readonly NodeSpec[], side: Side): NodeSpec[];
}

/** The side on which things of one sort stand of neighbours of another sort. */
function sides(isOne: (node: WiredNode) => boolean, isOther: (node: WiredNode) => boolean): Sides {
  const sideOf = ([first]: readonly [WiredNode, WiredNode]): Side => (isOne(first) ? 'before' : 'after');
  return {
    read: (graph) => shared<Side | 'none'>(neighbours(wire(graph), isOne, isOther).map(sideOf), 'none'),
    write: (graph, side) => {
      let nodes = wire(graph);
      // One swap at a time: it changes who stands beside whom. Each brings a pair to its side, so it comes to an end.
      for (let most = nodes.length * nodes.length; most > 0; most -= 1) {
        const wrong = neighbours(nodes, isOne, isOther).find((pair) => sideOf(pair) !== side);
        if (!wrong) break;
        nodes = swap(nodes, ...wrong);
      }
      return unwire(nodes);
    },
  };
}

const inGroup =
  (group: string, groupOf: GroupOf) =>
  (node: WiredNode): boolean =>
    groupOf(node.spec.kind) === group;

/** Norms and the activations beside them. */
export const normSides = (groupOf: GroupOf): Sides => sides(inGroup('norm', groupOf), inGroup('activation', groupOf));

/** Every dropout and the norm of its block, that is, without a weighted layer between them. */
export function dropoutSides(groupOf: GroupOf): Sides {
  const found = (nodes: Wired, node: WiredNode): { readonly side: Side; readonly norm: WiredNode } | undefined => {
    const norm = inBlock(nodes, node, groupOf, (one) => nodes.find(({ id }) => id === one.inputs[0]));
    if (norm) return { side: 'after', norm };
    const later = inBlock(nodes, node, groupOf, (one) => next(nodes, one.id));
    return later && { side: 'before', norm: later };
  };
  const all = (nodes: Wired): WiredNode[] => nodes.filter((node) => node.spec.kind === 'dropout');
  return {
    read: (graph) => {
      const nodes = wire(graph);
      return shared<Side | 'none'>(
        all(nodes).flatMap((node) => found(nodes, node)?.side ?? []),
        'none',
      );
    },
    write: (graph, side) => {
      let nodes = wire(graph);
      for (const node of all(nodes)) {
        const now = found(nodes, node);
        if (!now || now.side === side) continue;
        const { id: _id, inputs: _inputs, ...spec } = node.spec;
        nodes = remove(nodes, node.id);
        if (side === 'before') {
          nodes = insertBefore(nodes, now.norm.id, spec as NodeSpec);
        } else {
          const behind = next(nodes, now.norm.id);
          const isActivation = behind !== undefined && groupOf(behind.spec.kind) === 'activation';
          nodes = insertAfter(nodes, isActivation ? behind.id : now.norm.id, spec as NodeSpec);
        }
      }
      return unwire(nodes);
    },
  };
}

/** The norm that comes first when one walks from a node until a weighted layer or a fork. */
function inBlock(
  nodes: Wired,
  from: WiredNode,
  groupOf: GroupOf,
  step: (node: WiredNode) => WiredNode | undefined,
): WiredNode | undefined {
  let node = step(from);
  for (let most = nodes.length; node && most > 0; most -= 1) {
    const group = groupOf(node.spec.kind);
    if (group === 'norm') return node;
    if (WEIGHTED.has(group) || node.inputs.length !== 1) return undefined;
    node = step(node);
  }
  return undefined;
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
