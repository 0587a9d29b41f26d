import { describe, expect, it } from 'vitest';
import type { PaintedPoint } from '../../../stores/own';
import { countsOf, MOST_POINTS, Stroke } from './stroke';

/** Numbers that look like chance and are the same each time. */
function chance(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('a brush', () => {
  const brush = { tool: 'brush', number: 1, radius: 1 } as const;

  it('puts points along the way, evenly however fast the hand is', () => {
    const slow = new Stroke([], brush);
    for (let x = 0; x <= 3.5; x += 0.05) slow.to({ x, y: 0 });
    const fast = new Stroke([], brush);
    for (const x of [0, 3.5]) fast.to({ x, y: 0 });
    expect(fast.points).toEqual(Array.from({ length: 11 }, (_, i) => [Math.round(35 * i) / 100, 0, 1]));
    expect(slow.points.length).toBeGreaterThanOrEqual(9);
    const gaps = slow.points.slice(1).map(([x], i) => x - (slow.points[i] as PaintedPoint)[0]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.34);
  });

  it('leaves out what lies beside the plane, and keeps what was there', () => {
    const stroke = new Stroke([[1, 2, 0]], brush);
    for (const x of [5.8, 7]) stroke.to({ x, y: -6 });
    expect(stroke.points).toEqual([
      [1, 2, 0],
      [5.8, -6, 1],
    ]);
  });

  it('writes no minus before a zero', () => {
    const stroke = new Stroke([], brush);
    stroke.to({ x: -0.001, y: -0.004 });
    expect(JSON.stringify(stroke.points)).toBe('[[0,0,1]]');
  });

  it('stops where there are as many as a run may have', () => {
    const full: PaintedPoint[] = Array.from({ length: MOST_POINTS }, () => [0, 0, 0]);
    const stroke = new Stroke(full, brush);
    stroke.to({ x: 1, y: 1 });
    expect(stroke.points).toHaveLength(MOST_POINTS);
  });
});

describe('a spray', () => {
  it('fills the disc under it evenly, and goes on while the hand rests', () => {
    const stroke = new Stroke([], { tool: 'spray', number: 2, radius: 2 }, chance());
    stroke.to({ x: 1, y: -1 });
    const first = stroke.points.length;
    expect(first).toBe(8); // 0.6 · π · 2²
    for (let i = 0; i < 99; i += 1) stroke.rest();
    expect(stroke.points).toHaveLength(100 * first);
    const far = stroke.points.map(([x, y]) => Math.hypot(x - 1, y + 1));
    expect(Math.max(...far)).toBeLessThan(2.02);
    // Half of an evenly filled disc lies within 1 / √2 of its radius.
    expect(far.filter((one) => one < 2 / Math.SQRT2).length / far.length).toBeCloseTo(0.5, 1);
    expect(new Set(stroke.points.map(([, , number]) => number))).toEqual(new Set([2]));
  });
});

describe('an eraser', () => {
  const points: PaintedPoint[] = Array.from({ length: 13 }, (_, i) => [i - 6, 0, 0]);

  it('wipes out all classes under its whole way', () => {
    const stroke = new Stroke([...points, [0, 0.5, 1]], { tool: 'erase', number: 1, radius: 0.8 });
    for (const x of [-3, 3]) stroke.to({ x, y: 0 });
    expect(stroke.points.map(([x]) => x)).toEqual([-6, -5, -4, 4, 5, 6]);
  });

  it('that meets nothing changes nothing', () => {
    const stroke = new Stroke(points, { tool: 'erase', number: 0, radius: 1 });
    stroke.to({ x: 0, y: 5 });
    expect(stroke.points).toBe(points);
  });
});

describe('the classes', () => {
  it('go up to the highest that is painted, and are two at least', () => {
    expect(countsOf([])).toEqual([0, 0]);
    expect(
      countsOf([
        [0, 0, 3],
        [0, 0, 1],
        [0, 0, 3],
      ]),
    ).toEqual([0, 1, 0, 2]);
  });
});
