/** Where the tiles of the units stand: columns from left to right, each as high as it needs. */

export interface Tile {
  readonly column: number;
  readonly unit: number;
  /** Middle. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The unit that is looked at. */
export type Chosen = Pick<Tile, 'column' | 'unit'> | null;

export interface PlacedColumn {
  /** Middle. */
  readonly x: number;
  readonly tiles: readonly Tile[];
}

export interface Layout {
  readonly columns: readonly PlacedColumn[];
  /** How many words heads and feet have room for. */
  readonly words: 'all' | 'few' | 'fewest';
}

export interface Room {
  readonly width: number;
  readonly height: number;
  /** Side of a tile where there is room. */
  readonly tile: number;
  /** Size of text, as a multiple of the usual one. */
  readonly textScale: number;
}

/** Above and below the tiles: the heads with their buttons, and what was measured. */
export const HEAD = 64;
export const FOOT = 30;
/** The output is so much larger. */
const OUTPUT = 1.4;
const GAP = 6;
/** Closer tiles stand in two or three ranks, one behind the other. */
const LEAST_PITCH = 28;
const MOST_RANKS = 3;
const SIDE_MARGIN = 10;
/** Room for the name of a feature below its tile. */
const LABEL = 16;

/** Columns closer than this have fewer words, or fewest. */
const TIGHT = 132;
const TIGHTEST = 86;
/** Half of the words above the input. */
const HALF_HEAD = 28;

interface Ranks {
  readonly num: number;
  readonly rows: number;
  readonly pitch: number;
  readonly side: number;
  readonly shown: number;
}

function ranksOf(count: number, height: number, most: number, label: number): Ranks {
  const fits = Math.max(1, Math.floor(height / LEAST_PITCH));
  const num = Math.min(MOST_RANKS, Math.ceil(count / fits));
  const shown = Math.min(count, fits * num);
  const rows = Math.ceil(shown / num);
  // Staggered ranks reach beyond the first one by less than a row.
  const pitch = Math.min(height / (rows + (num - 1) / num), 1.7 * most + label);
  return { num, rows, pitch, side: Math.round(Math.min(most, pitch - GAP - label)), shown };
}

/**
 * @param counts Units of each column, from the input to the output; for the input all features that there are.
 */
export function layoutOf(counts: readonly number[], { width, height, tile, textScale }: Room): Layout {
  const area = Math.max(60, height - HEAD - FOOT * textScale);
  const last = counts.length - 1;
  const ranks = counts.map((count, at) =>
    ranksOf(count, area, at === last ? OUTPUT * tile : tile, at === 0 ? LABEL : 0),
  );
  const left = Math.max(SIDE_MARGIN + tile / 2 + 6, HALF_HEAD * textScale);
  const right = width - SIDE_MARGIN - (OUTPUT * tile) / 2 - 4;
  const pitch = (right - left) / Math.max(1, last);
  const columns = ranks.map((one, at) => placed(at, left + at * pitch, HEAD + area / 2, one, at === 0 ? LABEL : 0));
  const words = pitch >= TIGHT * textScale ? 'all' : pitch >= TIGHTEST * textScale ? 'few' : 'fewest';
  return { columns, words };
}

function placed(column: number, x: number, middle: number, ranks: Ranks, label: number): PlacedColumn {
  const { num, rows, pitch, side, shown } = ranks;
  const apart = side + 4;
  const tiles = Array.from({ length: shown }, (_, unit): Tile => {
    const [row, rank] = [Math.floor(unit / num), unit % num];
    // Ranks are staggered, so that the lines to those behind pass between those in front.
    const shift = num > 1 ? (rank / num - (num - 1) / (2 * num)) * pitch : 0;
    return {
      column,
      unit,
      x: Math.round(x + (rank - (num - 1) / 2) * apart),
      y: Math.round(middle + (row - (rows - 1) / 2) * pitch + shift - label / 2),
      side,
    };
  });
  return { x: Math.round(x), tiles };
}
