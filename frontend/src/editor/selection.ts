/** Which nodes are selected, and what goes with them. */
import type { Kind } from '../generated/schemas';
import type { Page } from '../stores/page';
import { type Drawing, draw } from './cards';
import { foldedBlocks } from './folding';
import { groupsOf, type Wired } from './graph';

/** The nodes that are selected: those that were marked together, or the open one. */
export function selectedNodes({ selected, marked }: Pick<Page, 'selected' | 'marked'>): readonly string[] {
  if (selected === null || marked.includes(selected)) return marked;
  return [selected];
}

/** The node that has the focus of the keyboard. */
export const focusedNode = (): string | null =>
  document.activeElement?.closest<HTMLElement>('[data-node]')?.dataset.node ?? null;

/** What a command acts on: the node with the focus, unless it is one of those that are selected. */
export function targets(page: Page, nodes: Wired): readonly string[] {
  const selected = selectedNodes(page).filter((id) => nodes.some((node) => node.id === id));
  const focused = focusedNode();
  const isApart = focused !== null && !selected.includes(focused) && nodes.some((node) => node.id === focused);
  return isApart ? [focused as string] : selected;
}

/** The network as it is drawn now. */
export function drawingOf(page: Page, nodes: Wired): Drawing {
  const groupOf = groupsOf(page.catalog?.kinds ?? NO_KINDS);
  const { check } = page;
  const folded = foldedBlocks(nodes, page.folds);
  return draw(check?.nodes ?? [], check?.data?.input_shape ?? [], groupOf, { folded, alone: selectedNodes(page) });
}

const NO_KINDS: readonly Kind[] = [];

/** A layer with its caps, or a folded block, stands for all its nodes; a cap for itself. */
export function unitOf(drawing: Drawing, id: string): readonly string[] {
  const card = drawing.cards.find((one) => one.id === id || one.members.some((node) => node.id === id));
  if (!card) return [id];
  const isAll = card.id === id || card.block !== null;
  return isAll ? card.members.map((node) => node.id) : [id];
}

/** All nodes that go with the given ones, in the order of the graph. */
export function withUnits(drawing: Drawing, nodes: Wired, ids: readonly string[]): readonly string[] {
  const all = new Set(ids.flatMap((id) => unitOf(drawing, id)));
  return nodes.filter((node) => all.has(node.id)).map((node) => node.id);
}
