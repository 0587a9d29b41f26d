/** Where things lie: cards with the places on them where wires begin and end, and the wires. */
import type { Card, Drawing } from './cards';

/** A place at the head or foot of a card, from the left of the card. */
export interface Port {
  readonly x: number;
  /** What is named there; null where there is just one, or all are alike. */
  readonly label: string | null;
  /** True where a wire begins or ends. */
  readonly isUsed: boolean;
}

export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly heads: readonly Port[];
  readonly feet: readonly Port[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Route {
  readonly from: string;
  readonly to: string;
  /** Corners of the line from the foot of one card to the head of the next. */
  readonly points: readonly Point[];
  /** Name of the place where it ends, where several wires end there that play different parts. */
  readonly part: string | null;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** One for each wire of the drawing. */
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
  /** True where the cards lie one below the other. */
  readonly isColumn: boolean;
}

/** Names of the inputs and the further outputs of a card. */
export interface Ends {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Measures {
  /** Width of a card that has the column for itself. */
  readonly width: number;
  /** Length of an edge in a column. */
  readonly gap: number;
  heightOf(id: string): number;
  endsOf(id: string): Ends;
  /** True for the card whose fields are open: they need the whole width. */
  isOpen(id: string): boolean;
  /** True for a card that is drawn small. */
  isSmall(id: string): boolean;
}

/** Where edges leave and enter a card in a column, from its left. */
export const PORT = 28;
/** Between two places that have a name. */
export const NAMED_APART = 104;
/** Height of a row of words beside the ends of wires. */
export const WORDS_ROW = 22;
/** Height in which a wire swings from one place to another. */
export const SWING = 16;
export const SMALL_WIDTH = 208;

/** Everything that has a place, from the top to the bottom: data stands just before what reads it. */
export function inOrder(drawing: Drawing): string[] {
  const before = new Map(
    drawing.data.slice(1).map((name) => [drawing.wires.find((wire) => wire.from === name)?.to ?? '', name]),
  );
  const cards = drawing.cards.flatMap((card: Card) => {
    const data = before.get(card.id);
    return data === undefined ? [card.id] : [data, card.id];
  });
  return [...drawing.data.slice(0, 1), ...cards];
}

/** The place at the head of its card where each wire ends, counted from 0. */
export function slots(drawing: Drawing): number[] {
  const counts = new Map<string, number>();
  const byId = new Map(drawing.cards.map((card) => [card.id, card]));
  return drawing.wires.map((wire) => {
    const card = byId.get(wire.to);
    if (card && card.block === null) return wire.edges.at(-1)?.index ?? 0;
    const count = counts.get(wire.to) ?? 0;
    counts.set(wire.to, count + 1);
    return count;
  });
}

/** How many places each card has at its head: one for each wire. */
export function numSlots(drawing: Drawing, slotOf: readonly number[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  drawing.wires.forEach(({ to }, index) => {
    counts.set(to, Math.max(counts.get(to) ?? 1, (slotOf[index] ?? 0) + 1));
  });
  return counts;
}

/** Named places in their order; those that no wire ends at are there for the hand. */
export const namedHeads = (names: readonly string[], isUsed: (slot: number) => boolean): Port[] =>
  names.map((label, slot) => ({ x: PORT + slot * NAMED_APART, label, isUsed: isUsed(slot) }));

/** The output at `x`, and the named ports right of it. */
export const feetAt = (x: number, { outputs }: Ends, isUsed: (foot: number) => boolean): Port[] =>
  [outputs.length > 0 ? 'output' : null, ...outputs].map((label, foot) => ({
    x: x + foot * NAMED_APART,
    label,
    isUsed: isUsed(foot),
  }));

/** True where the names are to be read: something other than the first place is in use. */
export const showsNames = (ports: readonly Port[]): boolean =>
  ports.some((port, index) => index > 0 && port.label !== null && port.isUsed);

/** Which foot a wire leaves by. */
export const footOf = ({ outputs }: Ends, port: string | null): number =>
  port === null ? 0 : Math.max(0, outputs.indexOf(port) + 1);
