/** How units, layers and weights are named in heads, tips and for those who hear the page. */
import { formatCounted, formatFixed, formatNumber, formatPercent } from '../draw';
import type { HistogramItem } from '../words/frames';
import { FEATURES, type Feature, WORDS } from './features';
import type { Layout, Tile } from './layout';
import type { Column, Stack } from './stack';

/** `8 units, tanh`; `8 · tanh` where there is little room. */
export function describe(column: Column, isShort: boolean): string {
  const { numUnits, activation } = column;
  if (column.part === 'input') return formatCounted(numUnits, 'feature');
  const units = formatCounted(numUnits, 'unit');
  if (!activation) return units;
  return isShort ? `${numUnits} · ${activation}` : `${units}, ${activation}`;
}

export const featureAt = (slot: number): Feature => FEATURES[slot] as Feature;

/** `hidden 2, unit 5`; `input, x²`; `output`. */
export function titleOf(stack: Stack, { column, unit }: Pick<Tile, 'column' | 'unit'>): string {
  const one = stack[column];
  if (!one) return '';
  if (one.part === 'input') return `input, ${WORDS[featureAt(unit)].sign}`;
  const layer = one.title.toLowerCase();
  return one.numUnits === 1 ? layer : `${layer}, unit ${unit + 1}`;
}

/** The unit within its layer: `unit 5`, `x²`. */
export function shortTitle(stack: Stack, { column, unit }: Pick<Tile, 'column' | 'unit'>): string {
  return stack[column]?.part === 'input' ? WORDS[featureAt(unit)].sign : `unit ${unit + 1}`;
}

/** `std 0.72 · 21 % saturated`; in two lines where there is little room, and only the first where there is less. */
export function measuredOf(item: HistogramItem | undefined, words: Layout['words'] = 'all'): string {
  if (!item || item.std === null) return '';
  const std = `std ${item.std < 10 ? formatFixed(item.std, 2) : formatNumber(item.std)}`;
  if (words === 'fewest') return std;
  const between = words === 'few' ? '\n' : ' · ';
  if (item.saturated !== null) return `${std}${between}${formatPercent(item.saturated)} saturated`;
  if (item.dead !== null) return `${std}${between}${formatPercent(item.dead)} dead`;
  return std;
}

/** `2 – 8 – 8 – 1`. */
export const widthsOf = (stack: Stack): string => stack.map((column) => column.numUnits).join(' – ');
