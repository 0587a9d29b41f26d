import { describe, expect, it } from 'vitest';
import { theme } from '../../draw/colours';
import type { ScatterItem } from '../../words/frames';
import { array } from '../gallery/samples';
import { groupsOf, hasKey, lookOf, type ScatterScene, scatterFigure } from './figure';
import { nearest, placeOf } from './near';
import { isSquare, neededPlane, squared } from './plane';

const item = (parts: Partial<ScatterItem> = {}): ScatterItem => ({
  node: 'validation',
  x_title: 'target',
  y_title: 'prediction',
  x: array([0, 1, 2, 4]),
  y: array([0.5, 1, Number.NaN, 3]),
  names: null,
  classes: null,
  class_names: [],
  diagonal: false,
  samples: null,
  note: null,
  ...parts,
});
const scene = (parts: Partial<ScatterItem> = {}, more: Partial<ScatterScene> = {}): ScatterScene => ({
  item: item(parts),
  plane: { x: [0, 4], y: [0, 4] },
  width: 352,
  height: 252,
  isSmall: false,
  marked: -1,
  revision: '0',
  theme: theme(),
  ...more,
});

interface Trace {
  name: string;
  mode: string;
  x: (number | null)[];
  y: (number | null)[];
  text?: string[];
  marker: { symbol: string };
}
const traces = (parts: Partial<ScatterItem> = {}, more: Partial<ScatterScene> = {}): Trace[] =>
  scatterFigure(scene(parts, more)).data as Trace[];

describe('the plane', () => {
  it('holds every finite point, and both axes alike where y = x is drawn', () => {
    expect(neededPlane(item())).toEqual({ x: [-0.16, 4.16], y: [0.4, 3.1] });
    expect(neededPlane(item({ diagonal: true }))).toEqual({ x: [-0.16, 4.16], y: [-0.16, 4.16] });
    expect(neededPlane(item({ y: array([Number.NaN, Number.NaN, Number.NaN, Number.NaN]) }))).toBeNull();
  });

  it('has as many pixels a unit on both axes where both mean the same', () => {
    expect(isSquare(item({ diagonal: true, x_title: 'y 1', y_title: 'y 2' }))).toBe(false);
    expect(isSquare(item({ x_title: 'component 1', y_title: 'component 2' }))).toBe(true);
    expect(isSquare(item())).toBe(false);
    expect(squared({ x: [0, 4], y: [0, 4] }, 200, 100)).toEqual({ x: [-2, 6], y: [0, 4] });
    expect(squared({ x: [0, 8], y: [0, 2] }, 100, 100)).toEqual({ x: [0, 8], y: [-3, 5] });
  });
});

describe('the figure', () => {
  it('draws the points as they are and leaves out what is no number', () => {
    const [points] = traces();
    expect(points?.x).toEqual([0, 1, 2, 4]);
    expect(points?.y).toEqual([0.5, 1, null, 3]);
  });

  it('gives each class a colour and a marker of its own', () => {
    const classes = { data: Int32Array.from([1, 0, 1, 1]), shape: [4] };
    const drawn = traces({ classes, class_names: ['cat', 'dog'] });
    expect(drawn.map((one) => [one.name, one.x])).toEqual([
      ['cat', [1]],
      ['dog', [0, 2, 4]],
    ]);
    expect(drawn[0]?.marker.symbol).not.toBe(drawn[1]?.marker.symbol);
    const looks = Array.from({ length: 64 }, (_, place) => `${place % 8} ${lookOf(place, theme()).symbol}`);
    expect(new Set(looks).size).toBe(64);
    expect(groupsOf(item({ classes, class_names: ['cat', 'dog'] }))[1]?.points).toEqual([0, 2, 3]);
  });

  it('names few points, and leaves many to hovering', () => {
    const names = ['a', 'b', 'c', 'd'];
    expect(traces({ names })[0]).toMatchObject({ mode: 'markers+text', text: names });
    const many = array(Array.from({ length: 31 }, (_, i) => i));
    expect(traces({ x: many, y: many, names: Array.from({ length: 31 }, String) })[0]?.mode).toBe('markers');
  });

  it('draws y = x across the plane when asked to, and rings the shown sample', () => {
    const [line] = traces({ diagonal: true }, { plane: { x: [0, 4], y: [1, 9] } });
    expect(line).toMatchObject({ name: 'y = x', x: [1, 4], y: [1, 4] });
    expect(traces().some((one) => one.name === 'y = x')).toBe(false);
    expect(traces({}, { marked: 3 }).at(-1)).toMatchObject({ name: 'shown sample', x: [4], y: [3] });
  });

  it('has a key for a few classes only', () => {
    const classes = { data: Int32Array.from([0, 1, 2, 3]), shape: [4] };
    const named = (num: number) => scene({ classes, class_names: Array.from({ length: num }, String) });
    expect(hasKey(named(4))).toBe(true);
    expect(hasKey(named(40))).toBe(false);
    expect(hasKey({ ...named(4), isSmall: true })).toBe(false);
  });
});

describe('the point under the pointer', () => {
  it('is the nearest within reach', () => {
    const at = placeOf(scene(), item(), 1);
    expect(nearest(scene(), { x: at.x + 4, y: at.y - 3 })).toMatchObject({ index: 1 });
    expect(nearest(scene(), { x: at.x + 40, y: at.y + 40 })).toBeNull();
  });
});
