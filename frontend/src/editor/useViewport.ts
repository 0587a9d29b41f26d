/** Where the network is looked at from: fitted to its place, and never so far off that what is opened cannot be read. */
import { useEffect, useRef } from 'react';
import type { Layout } from './places';
import { closer, fitted, inSight, LEGIBLE, opening, type Pane, type View, whole } from './sight';

interface Camera {
  getViewport(): View;
  setViewport(view: View): unknown;
}

export interface Looked {
  readonly layout: Layout;
  readonly pane: Pane;
  /** A card to bring into sight. */
  readonly shown: string | null;
  /** Rises when the whole network is to be in sight. */
  readonly fitsAsked: number;
  /** Rises when another experiment is put on the page. */
  readonly openings: number;
}

/** Fits the width when the place or the network changes, and brings the chosen card into sight. */
export function useViewport(
  { getViewport, setViewport }: Camera,
  { layout, pane, shown, fitsAsked, openings }: Looked,
): void {
  const zoom = fitted(layout, pane);
  const last = useRef({ width: 0, zoom: 0, openings });
  const met = useRef<string | null>(null);
  useEffect(() => {
    const { width, zoom: fit, openings: before } = last.current;
    const isOther = width === 0 || before !== openings;
    const isPlaced = width === pane.width && !isOther;
    if (isPlaced && fit === zoom) return;
    const view = getViewport();
    // A hand that chose its own zoom keeps it, and so does who reads an open card, while the network grows wider.
    if (isPlaced && (shown !== null || Math.abs(view.zoom - fit) > 0.01)) return;
    last.current = { width: pane.width, zoom, openings };
    met.current = null;
    const at = opening(layout, pane);
    setViewport({ ...at, y: isOther ? at.y : view.y });
  }, [getViewport, setViewport, layout, pane, shown, zoom, openings]);
  const asked = useRef(fitsAsked);
  useEffect(() => {
    if (asked.current === fitsAsked) return;
    asked.current = fitsAsked;
    setViewport(whole(layout, pane));
  }, [setViewport, fitsAsked, layout, pane]);
  const card = shown === null ? undefined : layout.places.get(shown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what moves or grows the card moves the view.
  useEffect(() => {
    if (shown === null) met.current = null;
    if (!card) return;
    const isNew = met.current !== shown;
    met.current = shown;
    const view = getViewport();
    const near = isNew && view.zoom < LEGIBLE ? closer(card, view, layout, pane) : view;
    const seen = inSight(card, near, pane);
    if (seen !== view) setViewport(seen);
  }, [getViewport, setViewport, shown, card?.x, card?.y, card?.height, pane.height]);
}
