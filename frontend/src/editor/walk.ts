/** The keys of the network: ↑ and ↓ go from layer to layer, with Shift they select, Esc closes. */
import type { KeyboardEvent } from 'react';
import type { Workplace } from '../session/react';
import type { PageStore } from '../stores/page';
import { closeOpen } from './actions';
import { selectedNodes } from './selection';

const nodeAt = (element: Element | null | undefined): string | null =>
  element?.closest<HTMLElement>('[data-node]')?.dataset.node ?? null;

export function walk(event: KeyboardEvent<HTMLElement>, workplace: Workplace): void {
  if (event.key === 'Escape') close(event, workplace);
  const isWalk = (event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.altKey && !event.ctrlKey;
  if (!isWalk) return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('.card-top')];
  const here = cards.indexOf(document.activeElement as HTMLElement);
  const next = cards[here + (event.key === 'ArrowDown' ? 1 : -1)];
  if (here < 0 || !next) return;
  event.preventDefault();
  if (event.shiftKey) extend(workplace.page, [nodeAt(cards[here]), nodeAt(next)]);
  next.focus();
}

function extend(page: PageStore, ids: readonly (string | null)[]): void {
  const marked = new Set(selectedNodes(page.getState()));
  for (const id of ids) if (id !== null) marked.add(id);
  page.setState({ marked: [...marked], selected: [...marked].at(-1) ?? null });
}

/** Closes the search, or the open layer; the focus goes back to its card. */
function close(event: KeyboardEvent<HTMLElement>, workplace: Workplace): void {
  const card = document.activeElement?.closest('.card')?.querySelector<HTMLElement>('.card-top');
  if (!closeOpen(workplace)) return;
  card?.focus();
  event.preventDefault();
}
