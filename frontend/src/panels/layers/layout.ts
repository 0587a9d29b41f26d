/** Where names, small multiples and numbers stand, by the width that there is. */
import type { PanelSize } from '../drawing';
import { NUMBERS, type NumberColumn } from './numbers';
import { QUANTITIES } from './rows';

export interface Span {
  readonly x: number;
  readonly width: number;
}

export interface Layout {
  readonly width: number;
  readonly headHeight: number;
  readonly rowHeight: number;
  readonly name: Span;
  /** The four columns of small multiples. */
  readonly cells: readonly Span[];
  readonly numbers: readonly (Span & { readonly column: NumberColumn })[];
}

export const GAP = 8;
/** Height of the names of the columns. */
export const HEAD = 18;
const LEAST_CELL = 52;
const ROWS = { S: 20, M: 26, L: 34 } as const;
const MOST_CELL = 150;

/**
 * @param nameWidth Pixels of the longest name.
 * @param scale Of the text.
 * @param room Pixels of height that there are for each row: rows grow to twice their usual height.
 * @param columns Numbers that there are.
 */
export function layoutOf(
  width: number,
  nameWidth: number,
  scale: number,
  size: PanelSize,
  room = 0,
  columns: readonly NumberColumn[] = NUMBERS,
): Layout {
  const isSmall = size === 'S';
  const name = Math.min(nameWidth + GAP, Math.max(40, width * 0.26));
  const cells = QUANTITIES.length;
  const least = LEAST_CELL * scale;
  const shown: NumberColumn[] = [];
  let left = width - name - cells * (least + GAP);
  for (const column of isSmall ? [] : [...columns].reverse()) {
    const needed = column.width * scale + GAP;
    if (left < needed) break;
    left -= needed;
    shown.unshift(column);
  }
  const cellWidth = Math.min(MOST_CELL * scale, least + left / cells);
  const cellAt = (i: number): number => name + i * (cellWidth + GAP);
  // What is left beside the widest cells goes between the numbers.
  const total = shown.reduce((sum, column) => sum + column.width * scale + GAP, 0);
  const free = width - cellAt(cells) - total;
  const spread = shown.length > 0 ? Math.max(0, free / shown.length) : 0;
  let x = cellAt(cells) - GAP;
  const numbers = shown.map((column) => {
    const span = { column, x: x + GAP, width: column.width * scale + spread };
    x += span.width + GAP;
    return span;
  });
  return {
    width,
    headHeight: HEAD * scale,
    rowHeight: Math.max(ROWS[size] * scale, Math.min(2 * ROWS[size] * scale, Math.floor(room))),
    name: { x: 0, width: name - GAP },
    cells: Array.from({ length: cells }, (_, i) => ({ x: cellAt(i), width: cellWidth })),
    numbers,
  };
}
