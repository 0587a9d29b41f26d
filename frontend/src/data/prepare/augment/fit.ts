/** How pictures of samples lie in the room of some small squares: images one a square, clips as strips across several. */

export interface Fit {
  readonly columns: number;
  /** Side of one cell, CSS pixels. */
  readonly pixel: number;
  /** What all of it is drawn smaller by. */
  readonly shrink: number;
  /** At most so many are shown. */
  readonly most: number;
}

/** Between two pictures, CSS pixels. */
export const GAP = 4;
/** A strip is not narrower, so that something can be seen in it. */
const LEAST_STRIP = 160;
/** Rows of strips; each tells as much as a row of images. */
const MOST_ROWS = 4;

/** True for a clip, whose frames lie side by side. */
const isStrip = (height: number, width: number): boolean => width > 2 * height;

/**
 * @param side Of a square, CSS pixels.
 * @param squares In a row.
 */
export function fitSamples(height: number, width: number, side: number, squares: number): Fit {
  if (!isStrip(height, width))
    return { columns: squares, most: Number.POSITIVE_INFINITY, ...scaled(height, width, side) };
  const room = squares * (side + GAP) - GAP;
  const columns = Math.max(1, Math.floor((room + GAP) / (LEAST_STRIP + GAP)));
  const wide = (room + GAP) / columns - GAP;
  return { columns, most: columns * MOST_ROWS, ...scaled(height, width, wide, Math.round) };
}

/** Whole cells where there is room for them; large pictures are drawn in full and shown smaller. */
function scaled(height: number, width: number, side: number, whole = Math.floor): Pick<Fit, 'pixel' | 'shrink'> {
  const longest = Math.max(height, width);
  const pixel = Math.max(1, whole(side / longest));
  return { pixel, shrink: Math.min(1, side / (pixel * longest)) };
}
