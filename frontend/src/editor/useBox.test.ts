import { expect, test } from 'vitest';
import type { Place } from './places';
import { touched } from './useBox';

const place = (id: string, y: number): Place => ({ id, x: 10, y, width: 100, height: 40, heads: [], feet: [] });
const PLACES = [place('a', 0), place('b', 60), place('c', 120)];

test('a box selects the cards that it touches, whichever corner it began at', () => {
  expect(touched(PLACES, { x: 0, y: 30 }, { x: 20, y: 70 })).toEqual(['a', 'b']);
  expect(touched(PLACES, { x: 20, y: 70 }, { x: 0, y: 30 })).toEqual(['a', 'b']);
  expect(touched(PLACES, { x: 0, y: 30 }, { x: 9, y: 70 })).toEqual([]);
});
