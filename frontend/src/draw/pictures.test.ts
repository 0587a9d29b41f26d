import { describe, expect, it } from 'vitest';
import { mix, rgbOf, Scale } from './colours';
import { Digest } from './digest';
import { evenEdges, histogramQuantile, resample, withoutZeros } from './resample';
import { paintClassField, paintScalarField, toShares } from './surface';
import { fitTiles, imageStack, numTiles, scaleEnds, turned } from './tiles';

const bytes = (pixel: number): number[] => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24];
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

describe('colour scales', () => {
  const scale = new Scale(['#053a66', '#f7f7f7', '#7d3a00'].map(rgbOf));

  it('has zero in the middle and the ends at the ends', () => {
    expect(scale.rgb(0)).toEqual([5, 58, 102]);
    expect(scale.rgb(0.5)).toEqual([247, 247, 247]);
    expect(bytes(scale.pixel(1))).toEqual([125, 58, 0, 255]);
    expect(bytes(scale.pixel(7))).toEqual([125, 58, 0, 255]);
    expect(scale.pixel(Number.NaN)).toBe(0);
  });

  it('reads colours and mixes them', () => {
    expect(rgbOf('#abc')).toEqual([170, 187, 204]);
    expect(mix([0, 0, 0], [10, 20, 30], 0.5)).toEqual([5, 10, 15]);
    expect(scale.part(0.5, 1).rgb(0)).toEqual([247, 247, 247]);
  });

  it('widens a diverging scale so that zero is in its middle', () => {
    expect(scaleEnds(-0.1, 0.4, 'diverging')).toEqual([-0.4, 0.4]);
    expect(scaleEnds(0, 0, 'diverging')).toEqual([-1, 1]);
    expect(scaleEnds(0, 2, 'count')).toEqual([0, 2]);
  });
});

describe('resample', () => {
  it('keeps the number of elements and spreads bins evenly', () => {
    const counts = resample([4, 8], [0, 2, 4], evenEdges(0, 4, 8));
    expect([...counts]).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    expect(sum(resample([1, 2, 3], [-1.3, 0.2, 0.9, 2.7], evenEdges(-2, 3, 17)))).toBeCloseTo(6, 12);
  });

  it('leaves out what lies outside', () => {
    expect([...resample([10], [-1, 1], evenEdges(0, 1, 2))]).toEqual([2.5, 2.5]);
    expect(sum(resample([10], [5, 6], evenEdges(0, 1, 2)))).toBe(0);
  });

  it('puts a bin of no width where it belongs, once', () => {
    expect([...resample([7], [0.5, 0.5], evenEdges(0, 1, 4))]).toEqual([0, 0, 7, 0]);
    expect([...resample([7], [0.6, 0.6], evenEdges(0, 1, 4))]).toEqual([0, 0, 7, 0]);
  });

  it('finds quantiles and takes exact zeros out', () => {
    expect(histogramQuantile([1, 1, 2], [0, 1, 2, 3], 0.5)).toBe(2);
    expect([...withoutZeros([5, 3], [0, 1, 2], 4)]).toEqual([1, 3]);
    expect([...withoutZeros([5, 3], [-2, -1, 0], 2)]).toEqual([5, 1]);
    expect([...withoutZeros([5, 3], [1, 2, 3], 4)]).toEqual([5, 3]);
  });
});

describe('tiles', () => {
  it('lie on their side with rows as columns', () => {
    const two = { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), shape: [2, 1, 3, 2] };
    expect(turned(two)).toEqual({
      data: Float32Array.of(1, 3, 5, 2, 4, 6, 7, 9, 11, 8, 10, 12),
      shape: [2, 1, 2, 3],
    });
  });
  const images = (...shape: number[]) => ({
    data: new Float32Array(shape.reduce((total, size) => total * size, 1)),
    shape,
  });

  it('reads images with and without channels', () => {
    expect(imageStack(images(20, 1, 5, 4))).toMatchObject({ num: 20, channels: 1, height: 5, width: 4 });
    expect(imageStack(images(6, 5, 4))).toMatchObject({ num: 6, channels: 1, height: 5, width: 4 });
    expect(imageStack(images(500))).toMatchObject({ num: 500, channels: 1, height: 1, width: 1 });
    expect(numTiles(imageStack(images(8, 3, 5, 5)))).toBe(8);
    expect(numTiles(imageStack(images(8, 6, 5, 5)))).toBe(48);
  });

  it('finds the largest grid that fits', () => {
    const fit = fitTiles(20, 5, 5, 316, 130);
    expect(fit.shown).toBe(20);
    expect(fit.pixel).toBeGreaterThanOrEqual(7);
    expect(fit.columns * (5 * fit.pixel + fit.gap) - fit.gap).toBeLessThanOrEqual(316);
    expect(fit.rows * (5 * fit.pixel + fit.gap) - fit.gap).toBeLessThanOrEqual(130);
  });

  it('leaves room for a name below each image, which is part of the gap between rows', () => {
    const [plain, named] = [fitTiles(10, 8, 8, 316, 150), fitTiles(10, 8, 8, 316, 150, 14)];
    expect(named.shown).toBe(10);
    expect(named.pixel).toBeLessThanOrEqual(plain.pixel);
    expect(named.rows * (8 * named.pixel + named.rowGap)).toBeLessThanOrEqual(150 + named.rowGap - 14);
    expect(named.rowGap).toBeGreaterThanOrEqual(15);
  });

  it('shows fewer where all would be too small to see', () => {
    const fit = fitTiles(5000, 5, 5, 300, 100);
    expect(fit.shown).toBeLessThan(5000);
    expect(fit.shown).toBeGreaterThan(50);
    expect(5 * fit.pixel).toBeGreaterThanOrEqual(10);
  });
});

describe('surface', () => {
  it('blends the shares of three classes between the cells, and takes the largest where it is asked to', () => {
    const [height, width, size] = [3, 4, 9];
    const values = Array.from({ length: 3 * height * width }, (_, i) => ((i * 7) % 11) / 11);
    const field = { values, layers: 3, height, width };
    const colours = [
      [250, 10, 40],
      [20, 240, 60],
      [30, 50, 230],
    ] as const;
    const share = (layer: number, row: number, column: number): number => {
      const [x, y] = [(column / (size - 1)) * (width - 1), ((size - 1 - row) / (size - 1)) * (height - 1)];
      const [left, low] = [Math.floor(x), Math.floor(y)];
      const at = (i: number, j: number): number =>
        values[(layer * height + Math.min(j, height - 1)) * width + Math.min(i, width - 1)] as number;
      const below = at(left, low) * (1 - x + left) + at(left + 1, low) * (x - left);
      const above = at(left, low + 1) * (1 - x + left) + at(left + 1, low + 1) * (x - left);
      return below * (1 - y + low) + above * (y - low);
    };
    const [mixed, largest] = [paintClassField(field, size, colours), paintClassField(field, size, colours, true)];
    for (let i = 0; i < size * size; i += 1) {
      const shares = [0, 1, 2].map((layer) => share(layer, Math.floor(i / size), i % size));
      const red = shares.reduce((sum, one, k) => sum + one * (colours[k]?.[0] ?? 0), 0);
      expect(Math.abs(((mixed[i] as number) & 0xff) - Math.min(255, red))).toBeLessThan(0.51);
      const top = Math.max(...shares);
      const reds = shares.flatMap((one, k) => (top - one < 1e-9 ? [colours[k]?.[0]] : []));
      expect(reds).toContain((largest[i] as number) & 0xff);
    }
  });

  it('has the highest y on top', () => {
    const scale = new Scale([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    const pixels = paintScalarField({ values: [0, 0, 1, 1], layers: 1, height: 2, width: 2 }, 2, scale, 0, 1);
    expect(Array.from(pixels, (pixel) => pixel & 255)).toEqual([255, 255, 0, 0]);
  });

  it('makes shares of scores', () => {
    const shares = toShares({ values: [0, 1000, 0, 1000], layers: 2, height: 1, width: 2 });
    expect(Array.from(shares.values)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});

describe('Digest', () => {
  it('tells values apart and is the same for the same', () => {
    const of = (...values: number[]): string => new Digest().add(...values).toString();
    expect(of(1, 2, 3)).toBe(of(1, 2, 3));
    expect(of(1, 2, 3)).not.toBe(of(1, 3, 2));
    expect(of(0.1)).not.toBe(of(0.1001));
    expect(of(1)).toMatch(/^[0-9a-f]{8}$/);
  });
});
