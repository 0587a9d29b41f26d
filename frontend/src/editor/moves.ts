/** Edits of several nodes at once: take out, duplicate, repeat, and move along the network. */
import { dependsOn, type Edge, find, sourceOf } from './edges';
import { output, readers, remove, type Wired, type WiredNode } from './graph';
import { insertBehind, insertOn, type Placed, pieceOf } from './pieces';
import { isData, nodeOf } from './sources';

export const removeAll = (nodes: Wired, ids: readonly string[]): Wired => ids.reduce(remove, nodes);

/** Of the chosen nodes, the one whose value leaves them: none of the others reads it. */
export function exitOf(nodes: Wired, ids: readonly string[]): string | undefined {
  return output(nodes.filter((node) => ids.includes(node.id)))?.id;
}

/** The first thing that the chosen nodes read from outside. */
function entryOf(nodes: Wired, ids: readonly string[]): string | undefined {
  return nodes
    .filter((node) => ids.includes(node.id))
    .flatMap((node) => node.inputs)
    .find((source) => !ids.includes(nodeOf(source)));
}

/** A copy of the chosen nodes behind them. */
export function duplicate(nodes: Wired, ids: readonly string[]): Placed {
  const exit = exitOf(nodes, ids);
  return exit === undefined ? { nodes, added: [] } : insertBehind(nodes, exit, pieceOf(nodes, ids));
}

/** The chosen nodes `times` times in a row. */
export function repeat(nodes: Wired, ids: readonly string[], times: number): Placed {
  const piece = pieceOf(nodes, ids);
  let placed: Placed = { nodes, added: [] };
  let last = exitOf(nodes, ids);
  for (let count = 1; count < times && last !== undefined; count += 1) {
    const next = insertBehind(placed.nodes, last, piece);
    last = exitOf(next.nodes, next.added);
    placed = { nodes: next.nodes, added: [...placed.added, ...next.added] };
  }
  return placed;
}

/** The chosen nodes taken out and put in at a place of what is left; their names stay. */
function moved(
  nodes: Wired,
  ids: readonly string[],
  put: (rest: Wired, piece: ReturnType<typeof pieceOf>) => Placed,
): Wired {
  const chosen = nodes.filter((node) => ids.includes(node.id));
  const isWhole = (block: string): boolean => nodes.every((node) => node.spec.block !== block || ids.includes(node.id));
  const named = chosen.map((node) => {
    const { block, ...rest } = node.spec;
    const spec = { ...rest, ...(block && isWhole(block) ? { block } : {}), id: node.id };
    return { ...node, spec: spec as WiredNode['spec'] };
  });
  const piece = pieceOf(
    nodes.map((node) => named.find((one) => one.id === node.id) ?? node),
    ids,
  );
  const placed = put(removeAll(nodes, ids), piece);
  const names = new Map(placed.added.map((name, index) => [name, chosen[index] as WiredNode]));
  return placed.nodes.map((node) => {
    const old = names.get(node.id);
    if (!old) return node;
    const { block: _block, ...rest } = old.spec;
    const block = node.spec.block ? { block: node.spec.block } : {};
    return { ...node, spec: { ...rest, ...block } as WiredNode['spec'] };
  });
}

/** The chosen nodes on another edge; null where that edge is one of theirs. */
export function moveTo(nodes: Wired, ids: readonly string[], edge: Edge): Wired | null {
  const source = sourceOf(nodes, edge);
  if (source === undefined || ids.includes(edge.to) || ids.includes(nodeOf(source))) return null;
  return moved(nodes, ids, (rest, piece) => insertOn(rest, edge, piece));
}

/** Nodes that move as one: a layer with what is drawn on its card. */
export type UnitOf = (id: string) => readonly string[];

/** The chosen nodes before what they read; null where they are the first. */
export function moveUp(nodes: Wired, ids: readonly string[], unitOf: UnitOf): Wired | null {
  const entry = entryOf(nodes, ids);
  if (entry === undefined || isData(nodeOf(entry))) return null;
  const unit = unitOf(nodeOf(entry)).filter((id) => !ids.includes(id));
  const first = nodes.find((node) => unit.includes(node.id) && node.inputs.some((one) => !unit.includes(nodeOf(one))));
  if (!first) return null;
  const index = first.inputs.findIndex((source) => !unit.includes(nodeOf(source)));
  return moveTo(nodes, ids, { to: first.id, index });
}

/** The chosen nodes behind what reads them; null where they are the last. */
export function moveDown(nodes: Wired, ids: readonly string[], unitOf: UnitOf): Wired | null {
  const exit = exitOf(nodes, ids);
  const next = exit === undefined ? undefined : readers(nodes, exit).find((node) => !ids.includes(node.id));
  if (!next) return null;
  const unit = unitOf(next.id).filter((id) => !ids.includes(id));
  const last = exitOf(nodes, unit) ?? next.id;
  if (!find(nodes, last) || dependsOn(nodes, exit as string, last)) return null;
  return moved(nodes, ids, (rest, piece) => insertBehind(rest, last, piece));
}
