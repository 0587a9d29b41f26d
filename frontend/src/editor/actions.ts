/** What a person does to the network: each is one edit that can be undone, and leaves something sensible selected. */
import { findKind } from '../forms/schema';
import type { Kind, NodeSpec, RunSpec } from '../generated/schemas';
import { say } from '../session/notices';
import type { Workplace } from '../session/react';
import type { AddPlace } from '../stores/page';
import type { EditPhase } from '../words/edit';
import { BLOCKS } from './blocks';
import { connect, disconnect, type Edge, find, sourceOf } from './edges';
import { blocksOf, openBlocks, rowName, rowsOf } from './folding';
import { groupsOf, replace, unwire, type Wired, wire } from './graph';
import { duplicate, exitOf, moveDown, moveTo, moveUp, removeAll, repeat } from './moves';
import { newLayer } from './newLayer';
import { type Piece, pieceOf, pieceText, readPiece } from './pieces';
import { put, settle, siteOf } from './placing';
import { drawingOf, selectedNodes, targets, unitOf, withUnits } from './selection';
import { INPUT } from './sources';

const nodesOf = ({ draft }: Workplace): Wired => wire(draft.getState().spec?.graph ?? []);
const kindsOf = ({ page }: Workplace): readonly Kind[] => page.getState().catalog?.kinds ?? [];

/** Puts another graph on the page as one edit; nodes that are called so in it are selected. */
export function apply(workplace: Workplace, nodes: Wired, select: readonly string[] = []): void {
  const graph = unwire(nodes);
  // What goes without a name is counted anew.
  const names = wire(graph).map((node) => node.id);
  const chosen = select.flatMap((id) => names[nodes.findIndex((node) => node.id === id)] ?? []);
  workplace.session.edit((spec): RunSpec => ({ ...spec, graph }));
  workplace.page.setState({ selected: chosen[0] ?? null, marked: chosen });
}

/** Opens a node, or closes it where it is open. With others it is selected beside them, or no longer. */
export function choose({ page }: Workplace, id: string, withOthers: boolean): void {
  const state = page.getState();
  const before = selectedNodes(state);
  const isIn = before.includes(id);
  if (withOthers) {
    const marked = isIn ? before.filter((one) => one !== id) : [...before, id];
    page.setState({ marked, selected: marked.at(-1) ?? null, adding: null });
  } else {
    const isOpen = isIn && before.length === 1;
    page.setState({ selected: isOpen ? null : id, marked: isOpen ? [] : [id], adding: null });
  }
}

/** Selects nodes beside those that are selected. */
export function mark({ page }: Workplace, ids: readonly string[]): void {
  const marked = [...new Set([...selectedNodes(page.getState()), ...ids])];
  if (ids.length > 0) page.setState({ marked, selected: marked.at(-1) ?? null, adding: null });
}

/** Closes what is open: the search, or what is selected. False where nothing is. */
export function closeOpen({ page }: Workplace): boolean {
  const { adding, selected, marked } = page.getState();
  if (adding === null && selected === null && marked.length === 0) return false;
  page.setState(adding === null ? { selected: null, marked: [] } : { adding: null });
  return true;
}

/** The selected nodes with all that goes with them. */
export function chosen(workplace: Workplace): readonly string[] {
  const page = workplace.page.getState();
  const nodes = nodesOf(workplace);
  return withUnits(drawingOf(page, nodes), nodes, targets(page, nodes));
}

/** Edits nodes and leaves the selection as it is. */
export function editNode({ session }: Workplace, change: (nodes: Wired) => Wired, phase: EditPhase = 'single'): void {
  session.edit((spec): RunSpec => ({ ...spec, graph: unwire(change(wire(spec.graph))) }), phase);
}

/** Another kind in the place of a node; fields that both have are kept. */
export function changeKind(workplace: Workplace, id: string, kind: Kind): void {
  const nodes = nodesOf(workplace);
  const node = find(nodes, id);
  if (!node) return;
  const { check } = workplace.page.getState();
  const fresh = newLayer(kind, siteOf(nodes, { kind: 'behind', source: node.inputs[0] ?? INPUT }, check)).at(-1);
  const kept = Object.keys((kind.fields.properties as object | undefined) ?? {}).filter((name) => name in node.spec);
  const old = node.spec as unknown as Record<string, unknown>;
  const { inputs: _inputs, ...fields } = fresh ?? { kind: kind.kind };
  const spec = {
    ...fields,
    ...Object.fromEntries(kept.map((name) => [name, old[name]])),
    ...(node.spec.block ? { block: node.spec.block } : {}),
  } as NodeSpec;
  apply(workplace, replace(nodes, id, spec), [id]);
}

// --- adding ----------------------------------------------------------------------------------------------------------

/** Where a layer goes when nothing else was said: behind what is selected, otherwise before the answer. */
export function usualPlace(workplace: Workplace): AddPlace {
  const ids = chosen(workplace);
  const exit = exitOf(nodesOf(workplace), ids);
  return exit === undefined ? { kind: 'end' } : { kind: 'behind', source: exit };
}

/** Opens the search for a layer to add. */
export function askForLayer({ page }: Workplace, place: AddPlace): void {
  page.setState({ adding: place, showsText: false });
}

/** A layer or a block by its name, at a place. */
export function addLayer(workplace: Workplace, name: string, place: AddPlace = usualPlace(workplace)): void {
  const nodes = nodesOf(workplace);
  const { check } = workplace.page.getState();
  const kinds = kindsOf(workplace);
  const block = BLOCKS.find((one) => one.id === name);
  const kind = findKind(kinds, 'layer', name) ?? null;
  if (!block && !kind) return;
  const settled = settle(nodes, place, kind, check, groupsOf(kinds));
  const site = siteOf(nodes, settled, check);
  const piece = block ? block.build(site) : newLayer(kind as Kind, site);
  const placed = put(nodes, settled, piece);
  apply(workplace, placed.nodes, block ? placed.added : placed.added.slice(-1));
}

function paste(workplace: Workplace, piece: Piece): void {
  const nodes = nodesOf(workplace);
  const { check } = workplace.page.getState();
  const settled = settle(nodes, usualPlace(workplace), null, check, groupsOf(kindsOf(workplace)));
  const placed = put(nodes, settled, piece);
  apply(workplace, placed.nodes, placed.added);
}

/** The nodes in a text, behind what is selected. False where the text holds none. */
export function pasteText(workplace: Workplace, text: string): boolean {
  const piece = readPiece(text);
  if (piece) paste(workplace, piece);
  return piece !== null;
}

/** What is selected as text; null where nothing is. */
export function copiedText(workplace: Workplace): string | null {
  const ids = chosen(workplace);
  return ids.length > 0 ? pieceText(pieceOf(nodesOf(workplace), ids)) : null;
}

export function duplicateChosen(workplace: Workplace): void {
  const placed = duplicate(nodesOf(workplace), chosen(workplace));
  if (placed.added.length > 0) apply(workplace, placed.nodes, placed.added);
}

/** The selected nodes so many times in a row. */
export function repeatChosen(workplace: Workplace, times: number): void {
  const placed = repeat(nodesOf(workplace), chosen(workplace), times);
  if (placed.added.length > 0) apply(workplace, placed.nodes, placed.added);
}

// --- taking out and moving -------------------------------------------------------------------------------------------

/** Takes nodes out; what stood before them is selected. */
export function deleteNodes(workplace: Workplace, ids: readonly string[]): void {
  const nodes = nodesOf(workplace);
  if (ids.length === 0) return;
  const first = nodes.findIndex((node) => ids.includes(node.id));
  const rest = removeAll(nodes, ids);
  const before = nodes.slice(0, first).at(-1) ?? rest[0];
  apply(workplace, rest, before ? [before.id] : []);
  workplace.page.setState({ selected: null });
}

export const deleteChosen = (workplace: Workplace): void => deleteNodes(workplace, chosen(workplace));

export function moveChosen(workplace: Workplace, direction: 'up' | 'down'): void {
  const nodes = nodesOf(workplace);
  const ids = chosen(workplace);
  if (ids.length === 0) return;
  const drawing = drawingOf(workplace.page.getState(), nodes);
  // A cap moves past one node, a card past a card.
  const isCard = ids.length > 1 || drawing.cards.some((card) => card.id === ids[0]);
  const unit = (id: string): readonly string[] => (isCard ? unitOf(drawing, drawing.cardOf.get(id) ?? id) : [id]);
  const moved = direction === 'up' ? moveUp(nodes, ids, unit) : moveDown(nodes, ids, unit);
  if (moved) apply(workplace, moved, ids);
  else say(workplace.page, 'info', `${ids[0]} is ${direction === 'up' ? 'the first' : 'the last'} layer already.`);
}

/** Moves nodes to another edge. */
export function moveToEdge(workplace: Workplace, ids: readonly string[], edge: Edge): void {
  const moved = moveTo(nodesOf(workplace), ids, edge);
  if (moved) apply(workplace, moved, ids);
}

// --- wires -----------------------------------------------------------------------------------------------------------

/** Lets an input read a source. A circle is refused with words. */
export function connectTo(workplace: Workplace, edge: Edge, source: string): boolean {
  const nodes = connect(nodesOf(workplace), edge, source);
  if (nodes) apply(workplace, nodes, [edge.to]);
  else refuseCircle(workplace, edge.to, source);
  return nodes !== null;
}

export function refuseCircle({ page }: Workplace, to: string, source: string): void {
  say(page, 'warning', `${to} cannot read ${source}.`, `${source} depends on ${to}: that would be a circle.`);
}

/** Lets another input read what one reads; the old one reads it no longer, unless it reads nothing else. */
export function reconnectTo(workplace: Workplace, old: Edge, edge: Edge): void {
  const nodes = nodesOf(workplace);
  const source = sourceOf(nodes, old);
  if (source === undefined || (old.to === edge.to && old.index === edge.index)) return;
  const rest = old.to === edge.to ? nodes : (disconnect(nodes, old) ?? nodes);
  const connected = connect(rest, edge, source);
  if (connected) apply(workplace, connected, [edge.to]);
  else refuseCircle(workplace, edge.to, source);
}

/** Takes one of several inputs away. */
export function disconnectFrom(workplace: Workplace, edge: Edge): void {
  const nodes = disconnect(nodesOf(workplace), edge);
  if (nodes) apply(workplace, nodes, [edge.to]);
  else say(workplace.page, 'info', `${edge.to} reads just this.`, 'Let it read something else instead.');
}

// --- the whole network -----------------------------------------------------------------------------------------------

export function selectAll({ page, draft }: Workplace): void {
  const ids = wire(draft.getState().spec?.graph ?? []).map((node) => node.id);
  page.setState({ selected: null, marked: ids });
}

/** Folds or unfolds all blocks: folds where any is open. */
export function foldAll(workplace: Workplace): void {
  const nodes = nodesOf(workplace);
  const isAnyOpen = openBlocks(nodes, workplace.page.getState().folds).length > 0;
  const all = [...blocksOf(nodes), ...rowsOf(nodes).map(([first]) => rowName(first ?? ''))];
  workplace.page.setState({ folds: Object.fromEntries(all.map((name) => [name, isAnyOpen])), selected: null });
}

/** Folds or unfolds blocks, and rows of equal ones, by name. */
export function foldBlocks({ page }: Workplace, folds: Readonly<Record<string, boolean>>): void {
  page.setState({ folds: { ...page.getState().folds, ...folds } });
}

export const askForFit = ({ page }: Workplace): void => page.setState({ fitsAsked: page.getState().fitsAsked + 1 });

/** A network without layers, to begin anew. It can be undone like any edit. */
export function newNetwork({ session, page }: Workplace): void {
  session.edit((spec) => ({ ...spec, name: 'New network', graph: [] }));
  page.setState({ selected: null, marked: [], adding: null, showsText: false });
}
