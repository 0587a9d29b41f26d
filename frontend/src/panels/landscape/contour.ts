/** Lines of equal height by marching squares, and the coloured ground under them. */
import type { Scale } from '../../draw/colours';
import { type Field, heightAt, shareOf } from './field';

export type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/** Sides of a cell: 0 bottom, 1 right, 2 top, 3 left; pairs of sides that a line joins, by which corners are higher. */
const SIDES: readonly (readonly (readonly [number, number])[])[] = [
  [], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]],
  [[2, 3]], [[2, 0]], [[0, 1], [2, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], [],
]; // biome-ignore format: a table of sixteen cases.

/** Pieces of the line where the height is `level`, in the units of the grid. Cells with a point that is not finite have none. */
export function contourLine(field: Field, level: number): Segment[] {
  const { x, y, values } = field;
  const found: Segment[] = [];
  for (let row = 0; row + 1 < y.length; row += 1) {
    for (let column = 0; column + 1 < x.length; column += 1) {
      const at = row * x.length + column;
      const corners = [at, at + 1, at + x.length + 1, at + x.length].map((index) => values[index] as number);
      if (!corners.every(Number.isFinite)) continue;
      const higher = corners.reduce((bits, value, bit) => bits | (value > level ? 1 << bit : 0), 0);
      for (const [from, to] of SIDES[higher] ?? []) {
        const place = (side: number): [number, number] => crossing(field, row, column, corners, level, side);
        found.push([...place(from), ...place(to)]);
      }
    }
  }
  return found;
}

function crossing(
  { x, y }: Field,
  row: number,
  column: number,
  corners: readonly number[],
  level: number,
  side: number,
): [number, number] {
  const [left, right] = [x[column] as number, x[column + 1] as number];
  const [bottom, top] = [y[row] as number, y[row + 1] as number];
  const share = (from: number, to: number): number => {
    const [a, b] = [corners[from] as number, corners[to] as number];
    return (level - a) / (b - a);
  };
  if (side === 0) return [left + share(0, 1) * (right - left), bottom];
  if (side === 1) return [right, bottom + share(1, 2) * (top - bottom)];
  if (side === 2) return [left + share(3, 2) * (right - left), top];
  return [left, bottom + share(0, 3) * (top - bottom)];
}

/** The ground as pixels, the highest y at the top; without colour where it is not finite. */
export function groundPixels(field: Field, width: number, height: number, scale: Scale): Uint32Array {
  const [x0, x1] = [field.x[0] as number, field.x.at(-1) as number];
  const [y0, y1] = [field.y[0] as number, field.y.at(-1) as number];
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const y = y1 - ((y1 - y0) * (row + 0.5)) / height;
    for (let column = 0; column < width; column += 1) {
      const value = heightAt(field, x0 + ((x1 - x0) * (column + 0.5)) / width, y);
      pixels[row * width + column] = scale.pixel(
        Number.isNaN(value) ? Number.NaN : Math.max(1e-9, shareOf(field, value)),
      );
    }
  }
  return pixels;
}
