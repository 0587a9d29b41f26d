/** The keys of the network: ↑ and ↓ go from layer to layer, with Shift they select, Esc closes. */
import type { KeyboardEvent } from 'react';
import type { PageStore } from '../stores/page';
import { selectedNodes } from './selection';

const nodeAt = (element: Element | null | undefined): string | null =>
  element?.closest<HTMLElement>('[data-node]')?.dataset.node ?? null;

export function walk(event: KeyboardEvent<HTMLElement>, page: PageStore): void {
  if (event.key === 'Escape') close(event, page);
  const isWalk = (event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.altKey && !event.ctrlKey;
  if (!isWalk) return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('.card-top')];
  const here = cards.indexOf(document.activeElement as HTMLElement);
  const next = cards[here + (event.key === 'ArrowDown' ? 1 : -1)];
  if (here < 0 || !next) return;
  event.preventDefault();
  if (event.shiftKey) extend(page, [nodeAt(cards[here]), nodeAt(next)]);
  next.focus();
}

function extend(page: PageStore, ids: readonly (string | null)[]): void {
  const marked = new Set(selectedNodes(page.getState()));
  for (const id of ids) if (id !== null) marked.add(id);
  page.setState({ marked: [...marked], selected: [...marked].at(-1) ?? null });
}

function close(event: KeyboardEvent<HTMLElement>, page: PageStore): void {
  const { adding, selected, marked } = page.getState();
  if (adding !== null) page.setState({ adding: null });
  else if (selected !== null || marked.length > 0) {
    const card = [...event.currentTarget.querySelectorAll<HTMLElement>('.card-top')].find(
      (one) => one.closest('.card') === document.activeElement?.closest('.card'),
    );
    card?.focus();
    page.setState({ selected: null, marked: [] });
  } else return;
  event.preventDefault();
}
