/** Where the network is looked at from: fitted to its place, and never so far off that what is opened cannot be read. */
import { useEffect, useRef } from 'react';
import type { Layout } from './places';
import { closer, FAR, inSight, MARGIN, type Pane, TOP, type View, whole } from './sight';

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
}

/** Fits the width when the place or the network changes, and brings the chosen card into sight. */
export function useViewport(
  { getViewport, setViewport }: Camera,
  zoom: number,
  { layout, pane, shown, fitsAsked }: Looked,
): void {
  const width = useRef(0);
  useEffect(() => {
    const isNew = width.current === 0;
    width.current = pane.width;
    const { y } = getViewport();
    setViewport({ x: MARGIN, y: isNew ? TOP : y, zoom });
  }, [getViewport, setViewport, pane.width, zoom]);
  const asked = useRef(fitsAsked);
  useEffect(() => {
    if (asked.current === fitsAsked) return;
    asked.current = fitsAsked;
    setViewport(whole(layout, pane));
  }, [setViewport, fitsAsked, layout, pane]);
  const card = shown === null ? undefined : layout.places.get(shown);
  const met = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what moves or grows the card moves the view.
  useEffect(() => {
    if (shown === null) met.current = null;
    if (!card) return;
    const isNew = met.current !== shown;
    met.current = shown;
    const view = getViewport();
    const near = isNew && view.zoom < FAR ? closer(card, view, layout, pane) : view;
    const seen = inSight(card, near, pane);
    if (seen !== view) setViewport(seen);
  }, [getViewport, setViewport, shown, card?.x, card?.y, card?.height, pane.height]);
}
