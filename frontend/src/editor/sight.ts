/** How much of the network is in sight: margins, limits of the zoom, and where it, or one card of it, is seen. */
import type { Layout, Place } from './places';

export const MARGIN = 16;
export const TOP = 2;
export const FOOT = 12;
/** Height of the line with the zoom, which hides what lies under it. */
export const STRIP = 28;
export const LEAST_ZOOM = 0.12;
export const MOST_ZOOM = 2;
/** Below this only names and shapes can be read. */
export const FAR = 0.6;
/** Below this the fields of a card are too small to be read. */
export const LEGIBLE = 0.8;
/** A wide network is rather moved sideways than fitted into its place by being made smaller than this. */
const LEAST_FIT = 0.4;
/** Between a card that is brought into sight and the edge. */
const APART = 8;

export interface Pane {
  readonly width: number;
  readonly height: number;
}

/** Where the corner of the network lies on the pane, and how large it is drawn. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

type Box = Pick<Place, 'x' | 'y' | 'width' | 'height'>;

/** The zoom at which all of the width is in sight, where it can be. */
export const fitted = ({ width }: Pick<Layout, 'width'>, pane: Pane): number =>
  Math.max(LEAST_FIT, Math.min(1, (pane.width - 2 * MARGIN) / width));

/** Where a network is seen at first: fitted, and with its input in the middle where it is wider than its place. */
export function opening(layout: Layout, pane: Pane): View {
  const zoom = fitted(layout, pane);
  const free = pane.width - layout.width * zoom;
  if (free >= 2 * MARGIN - 1) return { x: free / 2, y: TOP, zoom };
  const input = layout.places.values().next().value;
  const middle = input ? (input.x + input.width / 2) * zoom : 0;
  return { x: Math.max(free - MARGIN, Math.min(MARGIN, pane.width / 2 - middle)), y: TOP, zoom };
}

/** Where all of the network is in sight. */
export function whole(layout: Layout, pane: Pane): View {
  const across = (pane.width - 2 * MARGIN) / layout.width;
  const down = (pane.height - TOP - 8) / layout.height;
  const zoom = Math.max(LEAST_ZOOM, Math.min(1, across, down));
  return { x: Math.max(MARGIN, (pane.width - layout.width * zoom) / 2), y: TOP, zoom };
}

/** In its full size, so that the fields of a card can be read: the head of the card stays where it is. */
export function closer(card: Box, view: View, layout: Layout, pane: Pane): View {
  const left = Math.min(MARGIN, pane.width - MARGIN - layout.width);
  const top = Math.min(TOP, pane.height - STRIP - FOOT - layout.height);
  return {
    x: Math.max(left, Math.min(MARGIN, view.x + card.x * (view.zoom - 1))),
    y: Math.max(top, Math.min(TOP, view.y + card.y * (view.zoom - 1))),
    zoom: 1,
  };
}

/** Moved as little as brings a card into sight: its head and left where it is larger than the pane. */
export function inSight(card: Box, view: View, pane: Pane): View {
  const left = card.x * view.zoom + view.x;
  const top = card.y * view.zoom + view.y;
  const x = view.x + shift(left, left + card.width * view.zoom, pane.width);
  const y = view.y + shift(top, top + card.height * view.zoom, pane.height - STRIP);
  return x === view.x && y === view.y ? view : { x, y, zoom: view.zoom };
}

const shift = (start: number, end: number, room: number): number => {
  if (start < 0) return APART - start;
  return end > room ? -Math.min(end - room + APART, start - APART) : 0;
};
