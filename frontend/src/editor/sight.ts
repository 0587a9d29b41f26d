/** How much of the network is in sight: margins, limits of the zoom, and where all of it is seen. */
import type { Layout } from './places';

export const MARGIN = 16;
export const TOP = 2;
export const FOOT = 12;
/** Height of the line with the zoom, which hides what lies under it. */
export const STRIP = 28;
export const LEAST_ZOOM = 0.12;
export const MOST_ZOOM = 2;

/** Where all of the network is in sight. */
export function whole(
  layout: Layout,
  pane: { readonly width: number; readonly height: number },
): { x: number; y: number; zoom: number } {
  const across = (pane.width - 2 * MARGIN) / layout.width;
  const down = (pane.height - TOP - 8) / layout.height;
  const zoom = Math.max(LEAST_ZOOM, Math.min(1, across, down));
  return { x: Math.max(MARGIN, (pane.width - layout.width * zoom) / 2), y: TOP, zoom };
}
