import { describe, expect, it } from 'vitest';
import type { Pen } from '../../draw/canvas';
import type { HistogramItem } from '../../words/frames';
import { array, check } from '../gallery/samples';
import { columnAt, sharesOf } from './heatmap';
import { densityOf, noteOf, ticksThatFit } from './ridgeline';
import { fitRows, type HistogramFrame, nameOf, rowsOf, spanOverSteps, valueSpan } from './rows';
import { spreadPlan } from './spread';
import { binsTable, itemRows, spreadTable, tableOf } from './words';

const item = (
  parts: Partial<HistogramItem> & { node: string },
  counts: number[],
  low: number,
  high: number,
): HistogramItem => {
  const num = counts.reduce((total, count) => total + count, 0);
  return {
    parameter: null,
    mean: 0,
    std: 1,
    min: low,
    max: high,
    zeros: 0,
    saturated: null,
    dead: null,
    dead_since: null,
    ratio: null,
    num_elements: num,
    num_measured: num,
    non_finite: 0,
    edges: array(counts.concat(0).map((_, i) => low + ((high - low) * i) / counts.length)),
    counts: array(counts),
    ...parts,
  };
};
const frame = (items: HistogramItem[]): HistogramFrame => ({ items }) as unknown as HistogramFrame;
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

describe('rows', () => {
  const items = ['conv1', 'batch_norm_1', 'relu_1', 'logits'].map((node) => item({ node }, [1], 0, 1));

  it('shows layers with weights first, all when asked to, and all where none has any', () => {
    const names = (which: string) => rowsOf(frame(items), check('image'), which).map((row) => row.node);
    expect(names('main')).toEqual(['conv1', 'logits']);
    expect(names('all')).toEqual(['conv1', 'batch_norm_1', 'relu_1', 'logits']);
    expect(rowsOf(frame(items), null, 'main')).toHaveLength(4);
  });

  it('shows weights, not biases, and names the rest by parameter', () => {
    const weights = ['weight', 'bias'].map((parameter) => item({ node: 'conv1', parameter }, [1], 0, 1));
    expect(rowsOf(frame(weights), check('image'), 'main').map(nameOf)).toEqual(['conv1']);
    expect(rowsOf(frame(weights), check('image'), 'all').map(nameOf)).toEqual(['conv1', 'conv1.bias']);
    const names = ['weight_ih_l0', 'weight_hh_l0'].map((parameter) => nameOf({ node: 'lstm', parameter }));
    expect(names).toEqual(['lstm.ih_l0', 'lstm.hh_l0']);
  });

  it('takes rows evenly where not all fit, the first and the last among them', () => {
    expect(fitRows([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
    expect(fitRows([0, 1], 5)).toEqual([0, 1]);
  });

  it('finds an axis for all rows that holds 0 and leaves single far values out', () => {
    const far = item({ node: 'a' }, [1, ...new Array(998).fill(10), 0, 1], -1, 100);
    const [low, high] = valueSpan([far]);
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeLessThan(100);
    const nothing = item({ node: 'a', mean: null }, [], 0, 0);
    for (const end of valueSpan([nothing])) expect(Number.isFinite(end)).toBe(true);
  });
});

describe('ridgeline', () => {
  it('leaves exact zeros out of the shape and says how many there are', () => {
    const relu = item({ node: 'relu_1', zeros: 0.8 }, [90, 5, 5], 0, 3);
    const density = densityOf(relu, [-1, 3]);
    expect(sum(density)).toBeCloseTo(0.2, 2);
    expect(noteOf(relu)).toBe('80\u00a0% zero');
    expect(noteOf({ ...relu, dead: 0.03 })).toBe('3\u00a0% dead');
    expect(noteOf({ ...relu, non_finite: 2 })).toBe('2 not finite');
    expect(noteOf({ ...relu, zeros: 0 })).toBe('');
  });
});

describe('heat map', () => {
  const columns = [0, 100, 200].map((step) => ({ step, item: item({ node: 'a' }, [2, 6], -1, 1) }));

  it('brings every frame to the same bins, as shares', () => {
    const [first] = sharesOf(columns, [-2, 2]);
    expect(sum(first as Float64Array)).toBeCloseTo(1, 9);
    expect(sum((first as Float64Array).subarray(24))).toBeCloseTo(0.75, 9);
  });

  it('has an axis for what is usual: one step far beyond it does not flatten the rest', () => {
    const column = (step: number, reach: number) => ({ step, item: item({ node: 'a' }, [5, 6, 5], -reach, reach) });
    // The first steps are recorded more often than the rest.
    const early = [0, 1, 2, 3].map((step) => column(step, 60));
    const late = [column(40, 1), column(80, 1.25), column(160, 0.75)];
    const { span, isCut } = spanOverSteps([...early, ...late]);
    expect(isCut).toBe(true);
    expect(span[0]).toBeGreaterThan(-6);
    expect(span[1]).toBeLessThan(6);
    const even = spanOverSteps(late);
    expect(even.isCut).toBe(false);
    expect(even.span[1]).toBeGreaterThan(1.2);
    expect(spanOverSteps([{ step: 0, item: item({ node: 'a', mean: null }, [], 0, 0) }]).isCut).toBe(false);
  });

  it('shows at each step the newest frame that is not after it, and nothing beyond the last', () => {
    const places = columnAt(columns, [0, 400], 8);
    expect([...places]).toEqual([0, 0, 1, 1, 2, -1, -1, -1]);
    expect([...columnAt([], [0, 10], 3)]).toEqual([-1, -1, -1]);
  });
});

describe('mean ± std over steps', () => {
  it('is a curve with its band for each layer, where it was measured', () => {
    const at = (step: number, items: HistogramItem[]) => ({ step, items }) as unknown as HistogramFrame;
    const frames = [
      at(10, [item({ node: 'a', mean: 1, std: 0.5 }, [1], 0, 1), item({ node: 'b', mean: 3, std: 1 }, [1], 0, 1)]),
      at(20, [
        item({ node: 'a', mean: 2, std: 0.25 }, [1], 0, 1),
        item({ node: 'b', mean: null, std: null }, [], 0, 0),
      ]),
    ];
    const plan = spreadPlan(frames, ['a', 'b', 'c'], [0, 100]);
    expect(plan.curves.map((curve) => [curve.name, curve.x, curve.y, curve.low, curve.high])).toEqual([
      ['a', [10, 20], [1, 2], [0.5, 1.75], [1.5, 2.25]],
      ['b', [10, 20], [3, Number.NaN], [2, Number.NaN], [4, Number.NaN]],
    ]);
    expect(plan.xRange).toEqual([0, 100]);
  });
});

describe('ticks of an axis', () => {
  it('are as many as have room for their words', () => {
    const pen = { measure: (text: string) => 6 * text.length } as Pen;
    const at = (width: number): readonly number[] => ticksThatFit(pen, [-0.01, 0.01], width).values;
    expect(at(400)).toEqual([-0.01, -0.005, 0, 0.005, 0.01]);
    expect(at(160)).toEqual([-0.01, 0, 0.01]);
    expect(at(20).length).toBeLessThanOrEqual(2);
    // Words that are moved inwards at both ends come nearer to the next.
    const within = (width: number): readonly number[] => ticksThatFit(pen, [-0.0116, 0.009], width, true).values;
    expect(within(230)).toEqual([-0.01, 0]);
    expect(within(240)).toEqual([-0.01, -0.005, 0, 0.005]);
  });
});

describe('what is said of a distribution', () => {
  it('tells since when units are dead, and how large an update was', () => {
    const dead = item({ node: 'relu', dead: 0.25, dead_since: 1200 }, [1], 0, 1);
    expect(itemRows(dead)).toContainEqual({ name: 'dead since step', value: '1\u202f200' });
    const update = item({ node: 'fc', parameter: 'weight', ratio: 0.00123 }, [1], 0, 1);
    expect(itemRows(update)).toContainEqual({ name: 'update : weight', value: '0.00123' });
    expect(noteOf(update)).toBe('0.0012 × weight');
    const { columns, rows } = tableOf(
      [dead, update].map((one) => ({ step: 7, item: one })),
      false,
    );
    expect(rows.map((row) => row[columns.indexOf('dead_since')])).toEqual(['1200', '']);
    expect(rows.map((row) => row[columns.indexOf('update_ratio')])).toEqual(['', '0.00123']);
  });

  it('has each bin in the file, with its step where it is over time', () => {
    const early = { step: 3, item: item({ node: 'fc', mean: 0.5 }, [2, 1], 0, 1) };
    const late = { step: 9, item: item({ node: 'fc', mean: 1 }, [0, 4], -2, 2) };
    const { columns, rows } = binsTable([early, late], true);
    const kept = ['step', 'layer', 'mean', 'bin_from', 'bin_to', 'count'].map((name) => columns.indexOf(name));
    expect(rows.map((row) => kept.map((place) => row[place]))).toEqual([
      ['3', 'fc', '0.5', '0', '0.5', '2'],
      ['3', 'fc', '0.5', '0.5', '1', '1'],
      ['9', 'fc', '1', '-2', '0', '0'],
      ['9', 'fc', '1', '0', '2', '4'],
    ]);
    expect(binsTable([early], false).columns).not.toContain('step');
    expect(spreadTable([early, late]).rows.map((row) => row.slice(0, 3))).toEqual([
      ['3', 'fc', '0.5'],
      ['9', 'fc', '1'],
    ]);
  });
});
