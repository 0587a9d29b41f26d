import { describe, expect, it } from 'vitest';
import type { FrameOf, ImageGridItem, NdArray } from '../../words/frames';
import { Parts, type Rule } from './parts';
import { workingOf } from './working';

const array = (data: readonly number[], ...shape: number[]): NdArray => ({ data: Float32Array.from(data), shape });
const counting = (length: number): number[] => Array.from({ length }, (_, i) => i);

const RULE: Rule = {
  op: 'conv',
  title: 'Conv2d',
  inputs: ['input'],
  kernel: [],
  stride: [],
  padding: [],
  dilation: [],
  groups: 1,
  counts_padding: true,
  eps: 0,
};

function item(node: string, images: NdArray, parts: Partial<ImageGridItem> = {}): ImageGridItem {
  return {
    node,
    images,
    parameter: null,
    total: images.shape[0] ?? 0,
    signed: true,
    low: 0,
    high: 0,
    num_channels: null,
    in_colour: false,
    names: [],
    frames: null,
    field: null,
    rule: null,
    ...parts,
  };
}

const parts = (...items: ImageGridItem[]): Parts => new Parts({ items } as unknown as FrameOf<'image_grid'>);
const rule = (fields: Partial<Rule>): Partial<ImageGridItem> => ({ rule: { ...RULE, ...fields } });
const windowed = (kernel: number, stride: number, padding: number): Partial<Rule> => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
});

describe('the arithmetic of one pixel', () => {
  it('of a convolution is the sum of the products of each channel, and the bias', () => {
    // Two channels of 2 × 2, a kernel of 2 × 2 with a pixel of padding: at [0, 0] only its last tap lies in the input.
    const found = workingOf(
      parts(
        item('input', array([1, 2, 3, 4, 10, 20, 30, 40], 2, 1, 2, 2)),
        item('conv', array(counting(9), 1, 1, 3, 3), rule(windowed(2, 1, 1))),
        item('conv', array([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 2, 2), { parameter: 'weight' }),
        item('conv', array([0.5], 1, 1, 1, 1), { parameter: 'bias' }),
      ),
      'conv',
      0,
      1,
      1,
    );
    // Row 1, column 1 sees the whole input: 1·1 + 2·2 + 3·3 + 4·4 = 30 and 5·10 + 6·20 + 7·30 + 8·40 = 700.
    expect(found).toMatchObject({ bias: 0.5, result: 730.5, value: 4 });
    expect(found?.terms.map(({ channel, sum }) => [channel, sum])).toEqual([
      [1, 700],
      [0, 30],
    ]);
    expect(found?.line).toBe('Σ x·w over 2 channels 730 + 0.5 (bias) = 731');
  });

  it('leaves padding out', () => {
    const found = workingOf(
      parts(
        item('input', array([1, 2, 3, 4], 1, 1, 2, 2)),
        item('conv', array(counting(9), 1, 1, 3, 3), rule(windowed(2, 1, 1))),
        item('conv', array([1, 2, 3, 4], 1, 1, 2, 2), { parameter: 'weight' }),
      ),
      'conv',
      0,
      0,
      2,
    );
    expect(found?.terms[0]?.patch).toEqual([Number.NaN, Number.NaN, 2, Number.NaN]);
    expect(found).toMatchObject({ result: 6, bias: null, line: 'Σ x·w 6 = 6' });
  });

  it('of a group reads the channels of that group only', () => {
    const found = workingOf(
      parts(
        item('input', array([1, 2, 3, 4], 4, 1, 1, 1)),
        item('conv', array([0, 0], 2, 1, 1, 1), rule({ ...windowed(1, 1, 0), groups: 2 })),
        item('conv', array([1, 1, 10, 100], 2, 2, 1, 1), { parameter: 'weight' }),
      ),
      'conv',
      1,
      0,
      0,
    );
    expect(found?.result).toBe(430);
  });

  it('of a transposed convolution adds what each input pixel paints there', () => {
    // 1-D with kernel 3 and stride 2: y[2] = x[1]·w[0] + x[0]·w[2].
    const found = workingOf(
      parts(
        item('input', array([5, 7], 1, 1, 1, 2)),
        item(
          'up',
          array(counting(5), 1, 1, 1, 5),
          rule({
            op: 'conv_transpose',
            kernel: [1, 3],
            stride: [1, 2],
            padding: [0, 0],
            dilation: [1, 1],
          }),
        ),
        item('up', array([1, 10, 100], 1, 1, 1, 3), { parameter: 'weight' }),
      ),
      'up',
      0,
      0,
      2,
    );
    expect(found?.result).toBe(507);
  });

  it('of a pool is the winner or the mean', () => {
    const input = item('input', array(counting(9), 1, 1, 3, 3));
    const of = (fields: Partial<Rule>, row: number) =>
      workingOf(parts(input, item('p', array([0, 0, 0, 0], 1, 1, 2, 2), rule(fields))), 'p', 0, row, 0);
    expect(of({ ...windowed(2, 2, 0), op: 'max' }, 0)).toMatchObject({ result: 4, winner: 3 });
    expect(of({ ...windowed(2, 2, 0), op: 'mean' }, 0)).toMatchObject({ result: 2, line: 'Σ x 8 / 4 = 2' });
    // With a pixel of padding the first window holds only pixel 0: a mean of 4 places, or of the one that is there.
    expect(of({ ...windowed(2, 2, 1), op: 'mean' }, 1)?.result).toBe((3 + 6) / 4);
    expect(of({ ...windowed(2, 2, 1), op: 'mean', counts_padding: false }, 1)?.result).toBe(4.5);
    // In ceil mode a window that sticks out counts only as far as the padding goes.
    expect(of({ ...windowed(2, 2, 0), op: 'mean' }, 1)?.result).toBe((6 + 7) / 2);
  });

  it('of a norm, a function and a sum is their formula', () => {
    const x = item('input', array([3, -2], 2, 1, 1, 1));
    const norm = parts(
      x,
      item('n', array([0, 0], 2, 1, 1, 1), rule({ op: 'batch_norm', eps: 0.5 })),
      item('n', array([1, 0], 2, 1, 1, 1), { parameter: 'running_mean' }),
      item('n', array([3.5, 1], 2, 1, 1, 1), { parameter: 'running_var' }),
      item('n', array([4, 1], 2, 1, 1, 1), { parameter: 'weight' }),
      item('n', array([-1, 1], 2, 1, 1, 1), { parameter: 'bias' }),
    );
    expect(workingOf(norm, 'n', 0, 0, 0)).toMatchObject({ result: 3, line: '(3 − 1) / √(3.5 + 0.5) · 4 − 1 = 3' });
    const relu = parts(x, item('r', array([3, 0], 2, 1, 1, 1), rule({ op: 'function', title: 'ReLU' })));
    expect(workingOf(relu, 'r', 1, 0, 0)?.line).toBe('max(0, −2) = 0');
    const sum = parts(x, item('s', array([6, -4], 2, 1, 1, 1), rule({ op: 'sum', inputs: ['input', 'input'] })));
    expect(workingOf(sum, 's', 1, 0, 0)).toMatchObject({ result: -4, line: '−2 − 2 = −4' });
  });

  it('says so where its numbers were not sent', () => {
    const conv = item('conv', array([7], 1, 1, 1, 1), rule(windowed(1, 1, 0)));
    const empty = item('input', array([], 0, 1, 1, 1));
    expect(workingOf(parts(empty, conv), 'conv', 0, 0, 0)).toMatchObject({ value: 7, result: null });
    const input = item('input', array([1], 1, 1, 1, 1));
    expect(workingOf(parts(input, conv), 'conv', 0, 0, 0)?.line).toContain('too large to be sent');
    expect(workingOf(parts(input), 'input', 0, 0, 0)).toBeNull();
  });

  it('knows the rectangle of the input that a pixel sees', () => {
    const field = {
      rows: { data: Int32Array.of(0, 1, 1, 3), shape: [2, 2] },
      columns: { data: Int32Array.of(4, 6), shape: [1, 2] },
    };
    const one = parts(item('conv', array([1, 2], 1, 1, 2, 1), { field }));
    expect(one.seen('conv', 1, 0)).toEqual({ top: 1, bottom: 3, left: 4, right: 6 });
    expect(one.seen('conv', 2, 0)).toBeNull();
  });
});
