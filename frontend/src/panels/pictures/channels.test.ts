import { expect, it } from 'vitest';
import type { Pen } from '../../draw/canvas';
import type { Range } from '../../draw/ticks';
import type { ChannelsItem } from '../../words/frames';
import { leftOf, type Plot, paintFoot, partName } from './channels';

const pen = { measure: (text: string): number => 7 * text.length };

it('keeps numbers off the names at their left, and the plots at their usual place where there is room', () => {
  const names = ['mean', 'var'];
  const usual: Range[] = [
    [-0.2, 0.4],
    [0, 4],
  ];
  expect(leftOf(pen, names, usual, 90, 80)).toBe(80);
  const wide: Range[] = [
    [-2000, 1000],
    [0, 4],
  ];
  const left = leftOf(pen, names, wide, 90, 80);
  expect(left - pen.measure('−2 000')).toBeGreaterThan(pen.measure('mean'));
});

const plotsOf = (name: string, num: number): Plot[] => [
  { name, ring: new Float32Array(num), bar: null } as unknown as Plot,
];
const itemOf = (parts: Partial<ChannelsItem>): ChannelsItem =>
  ({ axes: 'N, H, W', num_groups: null, ...parts }) as ChannelsItem;

it('calls what a ring is of by its name', () => {
  expect(partName(plotsOf('mean', 8), itemOf({}), 1)).toBe('channel 2');
  expect(partName(plotsOf('mean', 5), itemOf({ num_groups: 5 }), 0)).toBe('group 1');
  expect(partName(plotsOf('γ', 20), itemOf({ num_groups: 5 }), 0)).toBe('channel 1');
  expect(partName(plotsOf('mean', 1), itemOf({}), 0)).toBe('all');
});

it('keeps the words of the foot apart', () => {
  const texts: [string, number][] = [];
  const foot = {
    ...pen,
    width: 330,
    height: 160,
    colour: () => '#000',
    text: (text: string, x: number) => texts.push([text, x]),
    rect: () => undefined,
    context: { beginPath: () => undefined, arc: () => undefined, fill: () => undefined, stroke: () => undefined },
  } as unknown as Pen;
  paintFoot(foot, plotsOf('mean', 5), 70, itemOf({ num_groups: 5, axes: 'C / groups, H, W' }), false);
  const [[first, from], , [, to]] = texts as [[string, number], [string, number], [string, number]];
  expect(to - 15).toBeGreaterThanOrEqual(from + pen.measure(first) + 12);
});
