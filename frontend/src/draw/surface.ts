/** The output of a network over a plane of two inputs. */
import { mix, type Rgb, rgbOf, type Scale, type Theme } from './colours';

/** Values [layers, height, width], row-major; row 0 is the lowest y. */
export interface Field {
  readonly values: ArrayLike<number>;
  readonly layers: number;
  readonly height: number;
  readonly width: number;
}

/** Value of one layer at a place given in cells, between the cells' middles blended linearly. */
function sample(field: Field, layer: number, x: number, y: number): number {
  const { width, height, values } = field;
  const left = Math.min(Math.max(Math.floor(x), 0), width - 1);
  const low = Math.min(Math.max(Math.floor(y), 0), height - 1);
  const right = Math.min(left + 1, width - 1);
  const up = Math.min(low + 1, height - 1);
  const [fx, fy] = [Math.min(Math.max(x - left, 0), 1), Math.min(Math.max(y - low, 0), 1)];
  const at = (column: number, row: number): number => values[(layer * height + row) * width + column] as number;
  const below = at(left, low) * (1 - fx) + at(right, low) * fx;
  const above = at(left, up) * (1 - fx) + at(right, up) * fx;
  return below * (1 - fy) + above * fy;
}

/** Runs `visit(index, x, y)` for each pixel of a picture with the highest y on top; x and y in cells of the field. */
function eachPixel(field: Field, size: number, visit: (index: number, x: number, y: number) => void): void {
  for (let row = 0; row < size; row += 1) {
    const y = ((size - 1 - row) / (size - 1)) * (field.height - 1);
    for (let column = 0; column < size; column += 1) {
      visit(row * size + column, (column / (size - 1)) * (field.width - 1), y);
    }
  }
}

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
  eachPixel(field, size, (index, x, y) => {
    const share = (sample(field, 0, x, y) - low) / (high - low);
    pixels[index] = scale.pixel(Math.round(share * levels) / levels);
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
  const best = (x: number, y: number): Rgb => {
    let [layer, top] = [0, Number.NEGATIVE_INFINITY];
    for (let k = 0; k < field.layers; k += 1) {
      const share = sample(field, k, x, y);
      if (share > top) [layer, top] = [k, share];
    }
    return colours[layer] as Rgb;
  };
  eachPixel(field, size, (index, x, y) => {
    let [red, green, blue] = isDiscrete ? best(x, y) : [0, 0, 0];
    for (let layer = 0; layer < field.layers && !isDiscrete; layer += 1) {
      const share = sample(field, layer, x, y);
      const colour = colours[layer] as Rgb;
      red += share * colour[0];
      green += share * colour[1];
      blue += share * colour[2];
    }
    const level = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
    pixels[index] = (0xff << 24) | (level(blue) << 16) | (level(green) << 8) | level(red);
  });
  return pixels;
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
