import { describe, expect, it } from 'vitest';
import { FrameStore } from '../../stores/frames';
import type { DecodedFrame, HeatmapItem } from '../../words/frames';
import type { Scene } from '../drawing';
import { array } from '../gallery/samples';
import { HeatmapDrawing, lookUp } from './HeatmapDrawing';
import { fitMaps, strideOf } from './layout';
import { areAlike, choicesOf, endsOf, type HeatmapFrame, nameAt, partOf, scalesOf, shownMaps, summaryOf } from './maps';

const map = (node: string, title: string, values: number[][], parts: Partial<HeatmapItem> = {}): HeatmapItem => ({
  node,
  title,
  row_title: 'unit',
  column_title: 'step',
  row_names: null,
  column_names: null,
  values: array(values.flat(), values.length, (values[0] as number[]).length),
  signed: false,
  low: 0,
  high: 1,
  total_rows: null,
  total_columns: null,
  lifts_small: false,
  ...parts,
});
const forget = map('lstm', 'forget gate', [
  [0.1, 0.9, 0.5],
  [0.2, 0.3, Number.NaN],
]);
const cell = map(
  'lstm',
  'cell',
  [
    [-2, 1, 0],
    [0.5, 0, 1],
  ],
  { signed: true, low: -2, high: 1 },
);
const other = map('gru', 'hidden', [[0.25]]);
const frame = (items: HeatmapItem[], step = 40): DecodedFrame =>
  ({
    probe: 'states',
    data_shape: 'heatmap',
    step,
    split: 'validation',
    mode: 'eval',
    items,
  }) as unknown as DecodedFrame;
const all = frame([forget, cell, other]) as unknown as HeatmapFrame;

describe('which maps are shown', () => {
  it('shows all of the first node, all of a chosen one, or one map by itself', () => {
    expect(shownMaps(all, undefined)).toEqual([forget, cell]);
    expect(shownMaps(all, 'gru')).toEqual([other]);
    expect(shownMaps(all, 'lstm · cell')).toEqual([cell]);
    expect(shownMaps(all, 'gone')).toEqual([forget, cell]);
  });

  it('offers nodes, and single maps where a node has several', () => {
    expect(choicesOf(all).map((one) => one.value)).toEqual(['lstm', 'lstm · forget gate', 'lstm · cell', 'gru']);
  });
});

describe('scales and names', () => {
  it('keeps 0 in the middle of signed values and says which scales there are', () => {
    expect(endsOf(cell)).toMatchObject({ signed: true, low: -2, high: 2 });
    expect(scalesOf([forget, cell, other])).toHaveLength(2);
    expect(endsOf(map('a', '', [[3]], { low: 3, high: 3 }))).toMatchObject({ signed: false, low: 3, high: 4 });
  });

  it('writes numbers where there are no names, and a blank so that it is seen', () => {
    expect([nameAt(null, 4), nameAt(['a', ' '], 1), nameAt(['a'], 0)]).toEqual(['5', '␣', 'a']);
    expect(areAlike([forget, cell])).toBe(true);
    expect(areAlike([forget, other])).toBe(false);
  });

  it('says which part of the rows there is', () => {
    expect(partOf(forget)).toBe('');
    expect(partOf({ ...forget, total_rows: 100, total_columns: 3 })).toBe('unit 1 to 2 of 100');
  });

  it('thins names that do not fit', () => {
    expect([strideOf(20, 12), strideOf(5, 12), strideOf(12, 12)]).toEqual([1, 3, 1]);
  });
});

describe('small multiples', () => {
  const room = { width: 400, height: 200, left: 20, top: 16, bottom: 16, shares: true };

  it('puts tall maps beside each other and long ones below each other', () => {
    expect(fitMaps(4, { rows: 64, columns: 8, isSquare: false }, room).across).toBe(4);
    expect(fitMaps(4, { rows: 4, columns: 100, isSquare: false }, room).across).toBe(1);
  });

  it('shows fewer where not all have room, and every map lies inside', () => {
    const tight = fitMaps(40, { rows: 8, columns: 8, isSquare: true }, { ...room, width: 150, height: 90 });
    expect(tight.shown).toBeGreaterThan(0);
    expect(tight.shown).toBeLessThan(40);
    for (const box of fitMaps(6, { rows: 8, columns: 8, isSquare: true }, room).boxes) {
      expect(box.x).toBeGreaterThanOrEqual(room.left);
      expect(box.x + box.width).toBeLessThanOrEqual(room.width);
      expect(box.y + box.height).toBeLessThanOrEqual(room.height - room.bottom);
      expect(box.width / box.height).toBeLessThanOrEqual(2);
      expect(box.height / box.width).toBeLessThanOrEqual(2);
    }
  });
});

describe('values under the pointer', () => {
  const layout = { across: 2, shown: 2, boxes: [0, 100].map((x) => ({ x, y: 0, width: 30, height: 20 })) };

  it('says names and value, and what the other maps have at the same place', () => {
    const rows = lookUp([forget, cell], layout, true, 15, 5)?.rows;
    expect(rows?.map(({ name, value }) => [name, value])).toEqual([
      ['unit', '1'],
      ['step', '2'],
      ['forget gate', '0.9'],
      ['cell', '1'],
    ]);
  });

  it('calls a cell without a value empty, and says nothing outside', () => {
    expect(lookUp([forget], layout, true, 25, 15)?.rows.at(-1)?.value).toBe('empty');
    expect(lookUp([forget], layout, true, 60, 5)).toBeNull();
  });
});

describe('the drawing', () => {
  const sceneOf = (frames: FrameStore, options: Scene['options'] = {}): Scene =>
    ({
      props: { record: { frames, curves: new Map(), progress: { step: 40 } }, viewStep: null },
      probe: 'states',
      options,
      setOption: () => undefined,
      size: 'M',
      width: 300,
      height: 150,
      now: 0,
    }) as unknown as Scene;

  it('has a table with the same numbers, a summary, and a digest that follows the values', () => {
    const frames = new FrameStore(() => undefined);
    const drawing = new HeatmapDrawing(document.createElement('div'));
    expect(drawing.draw(sceneOf(frames)).state.kind).toBe('empty');
    frames.push(frame([forget, cell, other]));
    const first = drawing.draw(sceneOf(frames));
    expect(first).toMatchObject({ step: 40, layer: 'lstm', meta: 'step 40 · val · eval' });
    expect(first.summary).toBe(summaryOf([forget, cell], 40));
    expect(first.summary).toContain('forget gate 0.1 to 0.9, some empty');
    const table = drawing.table(sceneOf(frames));
    expect(table.columns).toEqual(['', 'unit \\ step', '1', '2', '3']);
    expect(table.rows[1]?.map((text, i) => (i < 2 || text === '' ? text : Number(text).toFixed(1)))).toEqual([
      'forget gate',
      '2',
      '0.2',
      '0.3',
      '',
    ]);
    expect(drawing.table(sceneOf(frames, { layer: 'lstm · cell' })).columns[0]).toBe('unit \\ step');
    frames.push(frame([map('lstm', 'forget gate', [[0.4]]), cell], 41));
    expect(drawing.draw(sceneOf(frames)).digest).not.toBe(first.digest);
    expect(drawing.draw(sceneOf(frames, { layer: 'lstm · cell' })).layer).toBe('lstm · cell');
    drawing.dispose();
  });
});
