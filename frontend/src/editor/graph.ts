/**
 * The graph of a spec as plain data, with its wiring written out.
 *
 * A spec leaves out what goes without saying: a node without `inputs` reads the node before it. To insert, remove or
 * replace nodes we first write every wire out, change the list, and then leave out again what goes without saying.
 */
import type { Kind, NodeSpec } from '../generated/schemas';
import { INPUT, isData, nodeOf } from './sources';

export { INPUT } from './sources';

/** A node with its name and all that it reads. `spec` is the node as the user wrote it. */
export interface WiredNode {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly spec: NodeSpec;
}

export type Wired = readonly WiredNode[];

/** Names and wires of every node. A name left out is the kind and a count: `relu_1`. */
export function wire(graph: readonly NodeSpec[]): Wired {
  const taken = new Set(graph.flatMap((node) => (node.id ? [node.id] : [])));
  const counts = new Map<string, number>();
  const nameOf = (node: NodeSpec): string => {
    if (node.id) return node.id;
    let count = counts.get(node.kind) ?? 0;
    let name: string;
    do {
      count += 1;
      name = `${node.kind}_${count}`;
    } while (taken.has(name));
    counts.set(node.kind, count);
    return name;
  };
  let before = INPUT;
  return graph.map((spec) => {
    const id = nameOf(spec);
    const inputs = spec.inputs ?? [before];
    before = id;
    return { id, inputs, spec };
  });
}

/** The shortest spec with these wires: `inputs` and `id` only where they are needed. */
export function unwire(nodes: Wired): NodeSpec[] {
  const named = new Set<string>();
  const goesWithoutSaying = (node: WiredNode, index: number): boolean =>
    node.inputs.length === 1 && node.inputs[0] === (index === 0 ? INPUT : nodes[index - 1]?.id);
  nodes.forEach((node, index) => {
    if (!goesWithoutSaying(node, index)) for (const input of node.inputs) named.add(nodeOf(input));
  });
  return nodes.map((node, index) => {
    const { id: written, inputs: _inputs, ...rest } = node.spec;
    const id = written ?? (named.has(node.id) ? node.id : undefined);
    const spec: Record<string, unknown> = { ...(id ? { id } : {}), ...rest };
    if (!goesWithoutSaying(node, index)) spec.inputs = [...node.inputs];
    return spec as NodeSpec;
  });
}

/** Every node that read the output of `id` reads `instead`. Its ports are read on. */
function rewire(nodes: Wired, id: string, instead: string): WiredNode[] {
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => (input === id ? instead : input)) }));
}

/** A name that nothing has: the given one without its number, and the next free number. */
export function freshName(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/\d+$/, '') || 'node';
  let count = 1;
  while (taken.has(`${stem}${count}`)) count += 1;
  return `${stem}${count}`;
}

const freshNode = (nodes: Wired, kind: string): string => freshName(new Set(nodes.map((node) => node.id)), `${kind}_1`);

/** A new node behind `id`: it reads `id`, and all that read `id` read the new node. */
export function insertAfter(nodes: Wired, id: string, spec: NodeSpec): Wired {
  const at = nodes.findIndex((node) => node.id === id);
  const name = freshNode(nodes, spec.kind);
  const moved = rewire(nodes, id, name);
  moved.splice(at + 1, 0, { id: name, inputs: [id], spec });
  return moved;
}

/** A new node in front of `id`, reading all that `id` read. */
export function insertBefore(nodes: Wired, id: string, spec: NodeSpec): Wired {
  const at = nodes.findIndex((node) => node.id === id);
  const target = nodes[at];
  if (!target) return nodes;
  const name = freshNode(nodes, spec.kind);
  const moved = [...nodes];
  moved.splice(at, 1, { id: name, inputs: target.inputs, spec }, { ...target, inputs: [name] });
  return moved;
}

/** Of all that a node reads, what takes its place: the branch that only it reads, rather than one that goes on anyway. */
function heir(nodes: Wired, gone: WiredNode): string {
  const isElsewhere = (source: string): boolean =>
    isData(nodeOf(source)) || readers(nodes, nodeOf(source)).some((node) => node.id !== gone.id);
  return gone.inputs.find((source) => !isElsewhere(source)) ?? gone.inputs[0] ?? INPUT;
}

/** The graph without node `id`; what read it, or a port of it, reads what it read. */
export function remove(nodes: Wired, id: string): Wired {
  const gone = nodes.find((node) => node.id === id);
  if (!gone) return nodes;
  const instead = heir(nodes, gone);
  return nodes
    .filter((node) => node.id !== id)
    .map((node) => ({ ...node, inputs: node.inputs.map((input) => (nodeOf(input) === id ? instead : input)) }));
}

/** Node `id` with another spec, in its place and with its wires. Its written name is kept. */
export function replace(nodes: Wired, id: string, spec: NodeSpec): Wired {
  return nodes.map((node) =>
    node.id === id ? { ...node, spec: node.spec.id ? { ...spec, id: node.spec.id } : spec } : node,
  );
}

/** Nodes that read `id` or a port of it, in their order. */
export function readers(nodes: Wired, id: string): WiredNode[] {
  return nodes.filter((node) => node.inputs.some((input) => nodeOf(input) === id));
}

/** The nodes whose value nothing reads; the last of them is the answer of the network. */
export function output(nodes: Wired): WiredNode | undefined {
  return nodes.filter((node) => readers(nodes, node.id).length === 0).at(-1);
}

/** The group of a layer kind in the catalogue: weights, norm, activation, pooling … */
export type GroupOf = (kind: string) => string;

export function groupsOf(kinds: readonly Kind[]): GroupOf {
  const groups = new Map<string, string>();
  for (const kind of kinds) {
    if (kind.family !== 'layer') continue;
    for (const name of [kind.kind, ...kind.aliases]) groups.set(name, kind.group);
  }
  return (kind) => groups.get(kind) ?? '';
}
