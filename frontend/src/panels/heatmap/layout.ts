/** How many maps stand beside and below each other, and how large their cells are. */
import type { Box } from '../../draw/canvas';

export interface Room {
  readonly width: number;
  readonly height: number;
  /** For the names of rows, left of a map. */
  readonly left: number;
  /** For the title, above each map. */
  readonly top: number;
  /** For the names of columns, below a map. */
  readonly bottom: number;
  /** True where names stand only at the left and at the bottom of the whole. */
  readonly shares: boolean;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
  /** True to keep cells nearly as wide as they are high. */
  readonly isSquare: boolean;
}

export interface Layout {
  readonly across: number;
  readonly shown: number;
  /** Place of the cells of each map. */
  readonly boxes: readonly Box[];
}

const GAP = 10;
/** A map smaller than this says nothing. */
const LEAST = { width: 26, height: 14 };
/** From this size on cells have whole pixels. */
const WHOLE_FROM = 4;

/** Nearly square cells are at most so many times as long as they are short. */
const STRETCH = 1.8;

const whole = (cell: number): number => (cell >= WHOLE_FROM ? Math.floor(cell) : cell);

function cellsOf(width: number, height: number, { rows, columns, isSquare }: Size): { x: number; y: number } {
  const [x, y] = [width / columns, height / rows];
  const most = isSquare ? STRETCH * Math.min(x, y) : Number.POSITIVE_INFINITY;
  return { x: whole(Math.min(x, most)), y: whole(Math.min(y, most)) };
}

function tileOf(num: number, across: number, room: Room): { width: number; height: number } {
  const down = Math.ceil(num / across);
  const lefts = room.left * (room.shares ? 1 : across);
  const bottoms = room.bottom * (room.shares ? 1 : down);
  return {
    width: (room.width - lefts - GAP * (across - 1)) / across,
    height: (room.height - bottoms - (room.top + GAP) * down + GAP) / down,
  };
}

/** The grid whose cells are largest in their smaller direction; fewer maps where not all would be large enough. */
export function fitMaps(num: number, size: Size, room: Room): Layout {
  for (let shown = num; shown > 0; shown -= 1) {
    let [best, score] = [0, 0];
    for (let across = 1; across <= shown; across += 1) {
      const { width, height } = tileOf(shown, across, room);
      const least = shown === 1 ? { width: 1, height: 1 } : LEAST;
      if (width < least.width || height < least.height) continue;
      const cell = Math.min(width / size.columns, height / size.rows);
      if (cell > score) [best, score] = [across, cell];
    }
    if (best > 0) return { across: best, shown, boxes: boxesOf(shown, best, size, room) };
  }
  return { across: 1, shown: 0, boxes: [] };
}

function boxesOf(num: number, across: number, size: Size, room: Room): Box[] {
  const tile = tileOf(num, across, room);
  const cell = cellsOf(tile.width, tile.height, size);
  const [width, height] = [cell.x * size.columns, cell.y * size.rows];
  // Square maps stand close together; the rest of the room stays free.
  const wide = size.isSquare ? Math.max(width, Math.min(tile.width, width * 1.25)) : tile.width;
  return Array.from({ length: num }, (_, i) => {
    const [column, row] = [i % across, Math.floor(i / across)];
    const lefts = room.left * (room.shares ? 1 : column + 1);
    const bottoms = room.shares ? 0 : room.bottom * row;
    return {
      x: lefts + column * (wide + GAP),
      y: room.top * (row + 1) + bottoms + row * (height + GAP),
      width,
      height,
    };
  });
}

/** Every how many-th name is written, so that each has `needed` pixels. */
export const strideOf = (cell: number, needed: number): number => Math.max(1, Math.ceil(needed / Math.max(cell, 1e-6)));
