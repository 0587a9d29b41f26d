import { describe, expect, it } from 'vitest';
import { theme } from '../../draw/colours';
import type { DecodedFrame, FrameOf, LandscapeItem, LinesItem, NdArray } from '../../words/frames';
import { contourLine } from './contour';
import { fieldOf, heightAt, shareOf, valueAt } from './field';
import { logLimits } from './line';
import { nearPoint, waysOf } from './paths';
import { FIRST_VIEW, projectionOf, turned } from './relief';
import { valuesFrame } from './values';

const array = (values: readonly number[], ...shape: number[]): NdArray => ({
  data: Float64Array.from(values),
  shape: shape.length > 0 ? shape : [values.length],
});

const numbersOf = (values: unknown): number[] => [...((values as NdArray | undefined)?.data ?? [])];

/** f(x, y) = x + 10 y on three by two places. */
const item = (parts: Partial<LandscapeItem> = {}): LandscapeItem =>
  ({
    node: 'loss',
    x_title: 'a',
    y_title: 'b',
    x: array([0, 1, 2]),
    y: array([0, 1]),
    values: array([0, 1, 2, 10, 11, 12], 2, 3),
    paths: {},
    log: false,
    value_title: 'loss',
    place: null,
    value: null,
    plays: false,
    minima: [],
    note: null,
    ...parts,
  }) as LandscapeItem;

describe('heights between the points', () => {
  const field = fieldOf(item(), 'own');

  it('are exact at the points and mixed between them', () => {
    expect(heightAt(field, 2, 1)).toBe(12);
    expect(heightAt(field, 0.5, 0)).toBeCloseTo(0.5);
    expect(heightAt(field, 1.5, 0.5)).toBeCloseTo(6.5);
  });

  it('are not known outside, nor beside a point that is not finite', () => {
    expect(heightAt(field, 2.1, 0)).toBeNaN();
    const holed = fieldOf(item({ values: array([0, 1, Number.NaN, 10, 11, 12], 2, 3) }), 'own');
    expect(heightAt(holed, 1.5, 0.5)).toBeNaN();
    expect(heightAt(holed, 1, 0.5)).toBe(6);
    expect([holed.low, holed.high]).toEqual([0, 12]);
  });

  it('work over a single direction', () => {
    const line = fieldOf(item({ y: array([0]), values: array([3, 5, 9], 1, 3) }), 'own');
    expect(heightAt(line, 1.5, 0)).toBe(7);
  });
});

describe('the scale of heights', () => {
  it('runs from the lowest to the highest, plain or logarithmic', () => {
    const plain = fieldOf(item(), 'linear');
    expect([shareOf(plain, 0), shareOf(plain, 6), shareOf(plain, 12)]).toEqual([0, 0.5, 1]);
    const log = fieldOf(item({ values: array([0.01, 1, 1, 1, 1, 100], 2, 3), log: true }), 'own');
    expect([shareOf(log, 0.01), shareOf(log, 1), shareOf(log, 100)]).toEqual([0, 0.5, 1]);
    expect(valueAt(log, 0.25)).toBeCloseTo(0.1);
  });

  it('leaves room at both ends of a logarithmic axis', () => {
    const [low, high] = logLimits({ low: 0.01, high: 100 });
    expect([low < 0.01, low > 0.005, high > 100, high < 200]).toEqual([true, true, true, true]);
    expect(low * high).toBeCloseTo(1);
  });

  it('puts what is 0 at the floor of a logarithmic scale', () => {
    const log = fieldOf(item({ values: array([0, 1, 1, 1, 1, 100], 2, 3) }), 'log');
    expect(log.low).toBe(1);
    expect(shareOf(log, 0)).toBe(0);
  });
});

describe('lines of equal height', () => {
  it('lie where the height is that', () => {
    const field = fieldOf(item(), 'own');
    const pieces = contourLine(field, 5);
    expect(pieces.length).toBe(2);
    for (const [x1, y1, x2, y2] of pieces) {
      expect(x1 + 10 * y1).toBeCloseTo(5);
      expect(x2 + 10 * y2).toBeCloseTo(5);
    }
  });

  it('join the higher corners of a saddle in two pieces, and pass by what is not finite', () => {
    const saddle = fieldOf(item({ x: array([0, 1]), values: array([1, 0, 0, 1], 2, 2) }), 'own');
    expect(contourLine(saddle, 0.5)).toHaveLength(2);
    const holed = fieldOf(item({ x: array([0, 1]), values: array([1, 0, Number.NaN, 1], 2, 2) }), 'own');
    expect(contourLine(holed, 0.5)).toHaveLength(0);
  });
});

describe('ways', () => {
  const path = (values: readonly number[]) => ({
    steps: [0, 10, 20],
    x: array([0, 1, 2]),
    y: array([0, 0.5, 1]),
    values: array(values),
    away: array([0.9, 0.5, 0]),
  });
  const two = item({ paths: { GD: path([3, 2, 1]), Adam: path([3, 1, 0]) } as unknown as LandscapeItem['paths'] });

  it('are drawn up to a step, each in a colour and a dash of its own', () => {
    const [first, second] = waysOf(two, theme(), 10);
    expect([first?.count, second?.count]).toEqual([2, 2]);
    expect(first?.dash).not.toEqual(second?.dash);
    expect(waysOf(two, theme(), null)[0]?.count).toBe(3);
  });

  it('are found under the pointer', () => {
    const ways = waysOf(two, theme(), null);
    const near = nearPoint(ways, (way, i) => [100 * (way.x[i] as number), 100 * (way.y[i] as number)], 103, 52);
    expect(near?.index).toBe(1);
    expect(nearPoint(ways, () => [0, 0], 50, 50)).toBeNull();
  });

  it('become curves by step', () => {
    const frame = { data_shape: 'landscape', items: [two], step: 0 } as unknown as FrameOf<'landscape'>;
    const lines = valuesFrame(frame, two, 'own') as DecodedFrame & { items: LinesItem[] };
    const [shown] = lines.items;
    expect(numbersOf(shown?.x)).toEqual([0, 10, 20]);
    expect(shown?.series.map(({ name }) => name)).toEqual(['GD', 'Adam']);
    expect(numbersOf(shown?.series[1]?.y)).toEqual([3, 1, 0]);
  });
});

describe('a relief', () => {
  const field = fieldOf(item(), 'own');

  it('shows the higher place higher, and straight from above the ground as it is', () => {
    const { at } = projectionOf(field, FIRST_VIEW, 300, 200);
    expect(at(1, 0.5, 1)[1]).toBeLessThan(at(1, 0.5, 0)[1]);
    const above = projectionOf(field, { turn: 0, tilt: Math.PI / 2 }, 300, 200);
    expect(above.at(0, 0.5, 0)[1]).toBeCloseTo(above.at(2, 0.5, 1)[1]);
    expect(above.at(2, 0, 0)[0]).toBeGreaterThan(above.at(0, 0, 0)[0]);
  });

  it('stays inside its box, however it is turned', () => {
    for (let turn = 0; turn < 6.3; turn += 0.4) {
      const { at } = projectionOf(field, { turn, tilt: 0.6 }, 300, 200);
      for (const [x, y] of [
        [0, 0],
        [2, 0],
        [0, 1],
        [2, 1],
      ] as const)
        for (const share of [0, 1]) {
          const [across, down] = at(x, y, share);
          expect(across).toBeGreaterThanOrEqual(0);
          expect(across).toBeLessThanOrEqual(300);
          expect(down).toBeGreaterThanOrEqual(0);
          expect(down).toBeLessThanOrEqual(200);
        }
    }
  });

  it('is not turned over', () => {
    expect(turned(FIRST_VIEW, 0, 9).tilt).toBeLessThan(Math.PI / 2);
    expect(turned(FIRST_VIEW, 0, -9).tilt).toBeGreaterThan(0);
    expect(turned(FIRST_VIEW, 0.5, 0).turn).toBeCloseTo(FIRST_VIEW.turn + 0.5);
  });
});
