import { describe, expect, it } from 'vitest';
import type { CheckedNode, Kind, NodeSpec } from '../generated/schemas';
import { complete } from '../session/complete';
import { sums } from './arithmetic';
import { answerOf } from './bars';
import { draw } from './cards';
import { place } from './layout';
import { lineOf, lineOfSyntaxError, linesOf } from './lines';
import { applyMend } from './mend';
import { specText } from './specJson';
import { capNumber, keyNumbers } from './words';

const spec = complete({
  name: 'Test',
  data: { dataset: 'digits' },
  graph: [
    { id: 'conv1', kind: 'conv2d', out_channels: 20, kernel_size: 5, padding: 2 },
    { kind: 'relu' },
    { id: 'fc1', kind: 'linear', out_features: 10, in_features: 7 },
  ],
});

describe('the text of an experiment', () => {
  const text = specText(spec, 44);

  it('is JSON of the same experiment, with short parts on one line', () => {
    expect(complete(JSON.parse(text))).toEqual(spec);
    expect(text).toContain('    { "kind": "relu" },\n');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(46);
  });

  it('knows the line of each part, and of what is nearest to a part that is not there', () => {
    const lines = linesOf(text);
    const rows = text.split('\n');
    expect(rows[(lineOf(lines, 'graph.2.in_features') ?? 0) - 1]).toContain('in_features');
    expect(rows[(lineOf(lines, 'graph.1.slope') ?? 0) - 1]).toContain('relu');
    expect(lineOf(lines, 'nowhere.at.all')).toBeNull();
  });

  it('finds paths past strings with brackets and quotes in them', () => {
    expect(lineOf(linesOf('{\n "a": "}]\\"",\n "b": [1,\n  {"c": 2}]\n}'), 'b.1.c')).toBe(4);
  });

  it('tells the line of a mistake', () => {
    const broken = '{\n  "a": 1,\n  "b" 2\n}';
    let message = '';
    try {
      JSON.parse(broken);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(lineOfSyntaxError(broken, message)).toBe(3);
  });
});

describe('a mend', () => {
  const mend = (field: string, value: unknown) =>
    applyMend(spec, { label: '', node: 'fc1', field, value }).graph.map((node) => node as Record<string, unknown>);

  it('sets a field, takes it out, changes the kind, or puts a node in front', () => {
    expect(mend('in_features', 1280)[2]).toMatchObject({ in_features: 1280, out_features: 10 });
    expect(mend('in_features', null)[2]).not.toHaveProperty('in_features');
    expect(mend('kind', 'gru')[2]).toMatchObject({ kind: 'gru', id: 'fc1' });
    expect(mend('insert_before', { kind: 'flatten' }).map((node) => node.kind)).toEqual([
      'conv2d',
      'relu',
      'flatten',
      'linear',
    ]);
  });
});

const checked = (node: Partial<CheckedNode>): CheckedNode =>
  ({
    id: 'x',
    kind: 'conv2d',
    inputs: ['input'],
    input_shapes: [],
    output_shape: null,
    parameters: 0,
    parameter_shapes: {},
    ...node,
  }) as CheckedNode;
const fields = (node: object): NodeSpec => node as NodeSpec;

describe('the numbers of a card', () => {
  const conv = checked({
    input_shapes: [[1, 28, 28]],
    output_shape: [20, 28, 28],
    parameters: 520,
    parameter_shapes: { weight: [20, 1, 5, 5], bias: [20] },
  });

  it('come with their sums', () => {
    expect(sums(conv, spec.graph[0])).toEqual([
      { terms: '(28 − 5 + 2·2) / 1 + 1', result: '28' },
      { terms: '20·(1·5·5 + 1)', result: '520' },
    ]);
  });

  it('count the four gates of an LSTM', () => {
    const shapes = { weight_ih_l0: [128, 8], weight_hh_l0: [128, 32], bias_ih_l0: [128], bias_hh_l0: [128] };
    const lstm = checked({ kind: 'lstm', parameters: 5376, parameter_shapes: shapes });
    expect(sums(lstm, undefined)).toEqual([{ terms: '128·8 + 128·32 + 2·128', result: '5\u202f376' }]);
  });

  const kind = (properties: Record<string, unknown>, ...required: string[]): Kind =>
    ({ kind: 'some', title: 'Some', fields: { properties, required } }) as unknown as Kind;
  const square = kind({ kernel_size: { anyOf: [{ type: 'integer' }, { type: 'array', maxItems: 2 }] } });

  it('are said beside the kind', () => {
    expect(keyNumbers(spec.graph[0], conv, square, null)).toBe('20 filters, 5×5');
    const linear = checked({ kind: 'linear' });
    expect(keyNumbers(fields({ out_features: 10 }), linear, undefined, 10)).toBe('10 classes');
    expect(keyNumbers(fields({ out_features: 1 }), linear, undefined, 2)).toBe('1 output');
    expect(keyNumbers(fields({ out_features: 1 }), linear, undefined, null)).toBe('1 unit');
    expect(keyNumbers(fields({ hidden_size: 32, bidirectional: true }), checked({}), undefined, null)).toBe(
      '32 units, both ways',
    );
    expect(capNumber(fields({ kernel_size: [2, 3] }), checked({}), square)).toBe('2×3');
    expect(capNumber(fields({}), checked({}), kind({ p: { default: 0.5 } }))).toBe('p 0.5');
    expect(capNumber(fields({}), checked({ kind: 'batch_norm', parameters: 40 }), kind({}))).toBe('40');
  });

  it('of a kind that the page does not know are its first required number, or how much it joins', () => {
    const unknown = kind({ order: {}, name: {} }, 'name', 'order');
    expect(keyNumbers(fields({ name: 'x', order: 3 }), checked({ inputs: ['a'] }), unknown, null)).toBe('order 3');
    expect(keyNumbers(fields({}), checked({ inputs: ['a', 'b'] }), kind({}), null)).toBe('2 inputs');
  });
});

describe('the answer of the network', () => {
  const item = (...values: number[]) =>
    ({ images: { data: Float32Array.from(values), shape: [values.length, 1, 1, 1] } }) as never;

  it('is read as its loss reads it', () => {
    const softmax = answerOf(item(1000, 1000), ['a', 'b'], 'cross_entropy');
    expect(softmax.values).toEqual([0.5, 0.5]);
    expect(answerOf(item(0), ['a', 'b'], 'bce').values).toEqual([0.5, 0.5]);
    expect(answerOf(item(-2), [], 'mse')).toMatchObject({ values: [-2], isShare: false });
  });
});

describe('the layout', () => {
  const groupOf = (): string => '';
  const measures = {
    width: 360,
    gap: 22,
    heightOf: (): number => 100,
    endsOf: () => ({ inputs: [], outputs: [] }),
    isOpen: () => false,
    isSmall: () => false,
  };
  const node = (id: string, ...inputs: string[]): CheckedNode =>
    checked({ id, kind: 'linear', inputs, output_shape: [4] });

  it('is a column where each card reads the one above', () => {
    const layout = place(draw([node('a', 'input'), node('b', 'a')], [2], groupOf), measures);
    expect([...layout.places.values()].map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0, 122],
      [0, 244],
    ]);
    expect(layout.height).toBe(344);
  });

  it('draws what skips a card in a lane at the left', () => {
    const layout = place(draw([node('a', 'input'), node('b', 'a'), node('c', 'b', 'a')], [2], groupOf), measures);
    const [left] = [...layout.places.values()].map((one) => one.x);
    expect(layout.isColumn).toBe(true);
    expect(left).toBeGreaterThan(0);
    const skip = layout.routes.find((route) => route.from === 'a' && route.to === 'c');
    expect(Math.min(...(skip?.points ?? []).map((point) => point.x))).toBeLessThan(left as number);
    const heads = layout.routes.filter((route) => route.to === 'c').map((route) => route.points.at(-1)?.x);
    expect(new Set(heads).size).toBe(2);
  });

  it('puts branches side by side, with every wire between its cards', () => {
    const layout = place(
      draw([node('a', 'input'), node('b', 'a'), node('c', 'a'), node('d', 'b', 'c', 'a')], [2], groupOf),
      measures,
    );
    const at = (id: string) => layout.places.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
    expect(at('b').y).toBe(at('c').y);
    expect(Math.abs(at('b').x - at('c').x)).toBeGreaterThanOrEqual(at('b').width);
    const heads = layout.routes.filter((route) => route.to === 'd').map((route) => route.points.at(-1)?.x);
    expect(new Set(heads).size).toBe(3);
    for (const { from, to, points } of layout.routes) {
      expect(points[0]?.y).toBe(at(from).y + at(from).height);
      expect(points.at(-1)?.y).toBe(at(to).y);
    }
    const all = [...layout.places.values()].map((one) => one.x);
    expect(
      Math.min(...all, ...layout.routes.flatMap((route) => route.points.map((point) => point.x))),
    ).toBeGreaterThanOrEqual(0);
  });

  const lanes = draw(
    [node('a', 'input'), ...'bcde'.split('').map((id) => node(id, 'a')), node('f', 'b', 'c', 'd', 'e')],
    [2],
    groupOf,
  );

  it('has its branches in the order in which they are written, from the left', () => {
    const { places } = place(lanes, measures);
    const all = ['b', 'c', 'd', 'e'].map((id) => places.get(id)?.x ?? 0);
    expect(all).toEqual([...all].sort((one, other) => one - other));
  });

  it('gives the card whose fields are open the whole width', () => {
    const { places } = place(lanes, { ...measures, isOpen: (id) => id === 'c' });
    expect(places.get('c')?.width).toBe(measures.width);
    expect(places.get('d')?.width).toBeLessThan(measures.width);
    const [c, d] = ['c', 'd'].map((id) => places.get(id));
    expect((c?.x ?? 0) + (c?.width ?? 0)).toBeLessThan(d?.x ?? 0);
  });
});
