/**
 * Pieces of a graph: what is copied, pasted, duplicated, and added as one.
 *
 * A piece is a graph by itself. Its `input` is whatever it is put behind, and its output is read by what read that.
 */
import type { NodeSpec } from '../generated/schemas';
import { type Edge, find, ordered, sourceOf } from './edges';
import { freshName, output, unwire, type Wired, type WiredNode, wire } from './graph';
import { INPUT, isData, nodeOf, renamed } from './sources';

export type Piece = readonly NodeSpec[];

/** A graph with a piece put in, and the names that its nodes got. */
export interface Placed {
  readonly nodes: Wired;
  readonly added: readonly string[];
}

/** The chosen nodes as a piece: wires between them are kept, and the first thing read from outside is its `input`. */
export function pieceOf(nodes: Wired, ids: readonly string[]): Piece {
  const chosen = new Set(ids);
  const inside = nodes.filter((node) => chosen.has(node.id));
  const entry = inside.flatMap((node) => node.inputs).find((source) => !chosen.has(nodeOf(source)));
  const sourceIn = (source: string): string => (source === entry ? INPUT : source);
  return unwire(inside.map((node) => ({ ...node, inputs: node.inputs.map(sourceIn) })));
}

/** Names and blocks of a piece, made such that the graph has none of them. */
function named(nodes: Wired, piece: Piece, source: string): { readonly inner: WiredNode[]; readonly exit: string } {
  const local = wire(piece);
  const taken = new Set(nodes.map((node) => node.id));
  const names = new Map<string, string>();
  for (const node of local) {
    const name = freshName(taken, node.id);
    taken.add(name);
    names.set(node.id, name);
  }
  const blocks = freshBlocks(nodes, piece);
  const sourceIn = (wanted: string): string => {
    if (wanted === INPUT) return source;
    const inner = names.get(nodeOf(wanted));
    if (inner !== undefined) return renamed(wanted, nodeOf(wanted), inner);
    return isData(nodeOf(wanted)) || find(nodes, nodeOf(wanted)) ? wanted : source;
  };
  const inner = local.map(({ id, inputs, spec }) => {
    const name = names.get(id) as string;
    const block = spec.block ? { block: blocks.get(spec.block) } : {};
    const written = spec.id ? { id: name } : {};
    return { id: name, inputs: inputs.map(sourceIn), spec: { ...spec, ...written, ...block } as NodeSpec };
  });
  const last = output(local);
  return { inner, exit: (last && names.get(last.id)) ?? source };
}

function freshBlocks(nodes: Wired, piece: Piece): ReadonlyMap<string, string> {
  const taken = new Set(nodes.flatMap(({ spec }) => (spec.block ? [spec.block] : [])));
  const blocks = new Map<string, string>();
  for (const { block } of piece) {
    if (!block || blocks.has(block)) continue;
    const name = freshName(taken, block);
    taken.add(name);
    blocks.set(block, name);
  }
  return blocks;
}

/** Nodes put in between two of one block belong to that block, so that it stays in one part of the list. */
function adopted(
  before: WiredNode | undefined,
  inner: readonly WiredNode[],
  after: WiredNode | undefined,
): WiredNode[] {
  const block = before?.spec.block;
  if (!block || block !== after?.spec.block) return [...inner];
  return inner.map((node) => ({ ...node, spec: { ...node.spec, block } }));
}

function spliced(nodes: readonly WiredNode[], at: number, inner: readonly WiredNode[]): Placed {
  const all = [...nodes];
  all.splice(at, 0, ...adopted(all[at - 1], inner, all[at]));
  return { nodes: ordered(all) ?? all, added: inner.map((node) => node.id) };
}

/** The piece behind a source: all that read the source read the piece. */
export function insertBehind(nodes: Wired, source: string, piece: Piece): Placed {
  const { inner, exit } = named(nodes, piece, source);
  const moved = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => (input === source ? exit : input)),
  }));
  return spliced(moved, nodes.findIndex((node) => node.id === nodeOf(source)) + 1, inner);
}

/** The piece on one edge: only the node at its end reads the piece. */
export function insertOn(nodes: Wired, edge: Edge, piece: Piece): Placed {
  const source = sourceOf(nodes, edge);
  if (source === undefined) return { nodes, added: [] };
  const { inner, exit } = named(nodes, piece, source);
  const moved = nodes.map((node) =>
    node.id === edge.to
      ? { ...node, inputs: node.inputs.map((input, index) => (index === edge.index ? exit : input)) }
      : node,
  );
  return spliced(
    moved,
    nodes.findIndex((node) => node.id === edge.to),
    inner,
  );
}

/** A piece as text for the clipboard: a graph like any other. */
export const pieceText = (piece: Piece): string => JSON.stringify(piece, null, 2);

/** The piece in a text; null where the text is something else. An experiment gives its graph. */
export function readPiece(text: string): Piece | null {
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : (value as { graph?: unknown } | null)?.graph;
    const isNode = (node: unknown): boolean =>
      typeof node === 'object' && node !== null && typeof (node as NodeSpec).kind === 'string';
    return Array.isArray(list) && list.length > 0 && list.every(isNode) ? (list as NodeSpec[]) : null;
  } catch {
    return null;
  }
}
