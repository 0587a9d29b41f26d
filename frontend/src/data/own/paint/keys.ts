/** Painting without a pointer: what each key does while the plane has the focus. */
import type { Place, Tool } from './stroke';
import { EDGE, MOST_CLASSES } from './stroke';

export type KeyAct =
  | { readonly kind: 'move'; readonly to: Place }
  | { readonly kind: 'press' }
  | { readonly kind: 'tool'; readonly tool: Tool }
  | { readonly kind: 'class'; readonly number: number };

const STEP = 0.25;
const WIDE_STEP = 1;

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
const TOOLS: Readonly<Record<string, Tool>> = { b: 'brush', s: 'spray', e: 'erase' };

interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const within = (value: number): number => Math.min(EDGE, Math.max(-EDGE, value));

/** Null for keys that mean nothing here. */
export function keyAct(press: Press, from: Place): KeyAct | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const way = WAYS[press.key];
  if (way) {
    const step = press.shiftKey ? WIDE_STEP : STEP;
    return { kind: 'move', to: { x: within(from.x + step * way[0]), y: within(from.y + step * way[1]) } };
  }
  if (press.key === ' ') return { kind: 'press' };
  const tool = TOOLS[press.key.toLowerCase()];
  if (tool) return { kind: 'tool', tool };
  const number = Number(press.key) - 1;
  return /^[1-9]$/.test(press.key) && number < MOST_CLASSES ? { kind: 'class', number } : null;
}
