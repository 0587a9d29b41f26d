/** The output of a network over a plane of two inputs. */
import { mix, type Rgb, rgbOf, type Scale, type Theme } from './colours';

/** Values [layers, height, width], row-major; row 0 is the lowest y. */
export interface Field {
  readonly values: ArrayLike<number>;
  readonly layers: number;
  readonly height: number;
  readonly width: number;
}

/** For each pixel of a side the cells to both sides of it, and how far it is from the first to the second. */
interface Places {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly share: Float64Array;
}

function placesOf(size: number, cells: number): Places {
  const [before, after, share] = [new Int32Array(size), new Int32Array(size), new Float64Array(size)];
  for (let i = 0; i < size; i += 1) {
    const place = (i / Math.max(1, size - 1)) * (cells - 1);
    const cell = Math.min(Math.floor(place), cells - 1);
    before[i] = cell;
    after[i] = Math.min(cell + 1, cells - 1);
    share[i] = place - cell;
  }
  return { before, after, share };
}

const between = (from: number, to: number, share: number): number => from * (1 - share) + to * share;

/** Blends two rows of cells into `line`, for the row of pixels between them. */
function blend(line: Float64Array, values: ArrayLike<number>, low: number, up: number, share: number): void {
  for (let i = 0; i < line.length; i += 1)
    line[i] = between(values[low + i] as number, values[up + i] as number, share);
}

/** Runs `visit(start, lines)` for each row of pixels, the highest y first: its first pixel, and its values by layer. */
function eachRow(field: Field, size: number, visit: (start: number, lines: readonly Float64Array[]) => void): void {
  const { width, height, layers, values } = field;
  const { before, after, share } = placesOf(size, height);
  const lines = Array.from({ length: layers }, () => new Float64Array(width));
  for (let row = 0; row < size; row += 1) {
    const at = size - 1 - row;
    for (const [layer, line] of lines.entries()) {
      const first = layer * height;
      const [low, up] = [(first + (before[at] as number)) * width, (first + (after[at] as number)) * width];
      blend(line, values, low, up, share[at] as number);
    }
    visit(row * size, lines);
  }
}

/** The value at a pixel of a row. */
const valueAt = (line: Float64Array, { before, after, share }: Places, column: number): number =>
  between(line[before[column] as number] as number, line[after[column] as number] as number, share[column] as number);

/** Steps of the scale, so that lines of equal value can be seen. */
const NUM_LEVELS = 20;

/** One value a place: `low … high` on the scale, in steps; with a single step, whichever end is nearer. */
export function paintScalarField(
  field: Field,
  size: number,
  scale: Scale,
  low: number,
  high: number,
  levels = NUM_LEVELS,
): Uint32Array {
  const pixels = new Uint32Array(size * size);
  const colours = Uint32Array.from({ length: levels + 1 }, (_, level) => scale.pixel(level / levels));
  const places = placesOf(size, field.width);
  const steps = levels / (high - low);
  eachRow({ ...field, layers: 1 }, size, (start, [line]) => {
    for (let column = 0; column < size; column += 1) {
      const level = Math.round((valueAt(line as Float64Array, places, column) - low) * steps);
      // A value that is not a number has no colour.
      if (!Number.isNaN(level)) pixels[start + column] = colours[Math.min(levels, Math.max(0, level))] as number;
    }
  });
  return pixels;
}

/** Colour of a class behind points: its series colour, let down with the surface. */
export function classColours(theme: Theme, num: number): Rgb[] {
  const surface = rgbOf(theme.colours['bg-surface']);
  return Array.from({ length: num }, (_, i) => mix(surface, rgbOf(theme.series[i % 8] as string), 0.5));
}

/** Shares of several classes (they sum to 1): colours mixed by share, or just that of the largest. */
export function paintClassField(field: Field, size: number, colours: readonly Rgb[], isDiscrete = false): Uint32Array {
  const pixels = new Uint32Array(size * size);
  const places = placesOf(size, field.width);
  const own = colours.map(([red, green, blue]) => pixelOf(red, green, blue));
  eachRow(field, size, (start, lines) => {
    const [red, green, blue] = mixedBy(lines, colours);
    for (let column = 0; column < size; column += 1)
      pixels[start + column] = isDiscrete
        ? (own[largest(lines, places, column)] as number)
        : pixelOf(valueAt(red, places, column), valueAt(green, places, column), valueAt(blue, places, column));
  });
  return pixels;
}

const level = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

const pixelOf = (red: number, green: number, blue: number): number =>
  (0xff << 24) | (level(blue) << 16) | (level(green) << 8) | level(red);

/** The colours of a row of cells: red, green and blue, each class by its share. */
function mixedBy(
  lines: readonly Float64Array[],
  colours: readonly Rgb[],
): readonly [Float64Array, Float64Array, Float64Array] {
  const mixed = (channel: 0 | 1 | 2): Float64Array =>
    (lines[0] as Float64Array).map((_, i) =>
      lines.reduce((sum, line, k) => sum + (line[i] as number) * (colours[k] as Rgb)[channel], 0),
    );
  return [mixed(0), mixed(1), mixed(2)];
}

/** The class with the largest share at a pixel. */
function largest(lines: readonly Float64Array[], places: Places, column: number): number {
  let [best, top] = [0, Number.NEGATIVE_INFINITY];
  for (const [k, line] of lines.entries()) {
    const share = valueAt(line, places, column);
    if (share > top) [best, top] = [k, share];
  }
  return best;
}

/** Soft maximum over the layers of each place, where the values are not shares yet. */
export function toShares(field: Field): Field {
  const area = field.height * field.width;
  const values = new Float64Array(field.layers * area);
  for (let i = 0; i < area; i += 1) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < field.layers; k += 1) top = Math.max(top, field.values[k * area + i] as number);
    let total = 0;
    for (let k = 0; k < field.layers; k += 1) total += Math.exp((field.values[k * area + i] as number) - top);
    for (let k = 0; k < field.layers; k += 1) {
      values[k * area + i] = Math.exp((field.values[k * area + i] as number) - top) / total;
    }
  }
  return { ...field, values };
}
