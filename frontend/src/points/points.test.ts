import { describe, expect, it } from 'vitest';
import type { CheckedNode, CheckResult, Kind, NodeSpec } from '../generated/schemas';
import type { HistogramItem } from '../words/frames';
import { withLayer, withoutLayer, withUnits } from './edits';
import { featuresOf, switchFeature } from './features';
import { FOOT, HEAD, layoutOf } from './layout';
import { curveOf, distance, type Link, linkAt, opacityOf, placeOn, scaleEnd, shadeOf, sizeOf, widthOf } from './links';
import { linksOf, unitOf } from './measured';
import { keepColumns, type Stack, stackOf } from './stack';
import { measuredOf, titleOf, widthsOf, describe as wordsOf } from './words';

const layer = (kind: string, group: string, title: string, details: Record<string, unknown> = {}): Kind =>
  ({ family: 'layer', kind, group, title, aliases: kind === 'linear' ? ['dense'] : [], details }) as unknown as Kind;
const KINDS = [
  layer('linear', 'weights', 'Linear'),
  layer('tanh', 'activation', 'Tanh', { output_range: [-1, 1] }),
  layer('relu', 'activation', 'ReLU', { relu_like: true }),
  layer('batch_norm', 'norm', 'BatchNorm'),
  layer('dropout', 'regularisation', 'Dropout'),
  layer('add', 'combine', 'Add'),
  layer('point_features', 'features', 'Point features'),
];

const graph = (...nodes: Record<string, unknown>[]): NodeSpec[] => nodes as unknown as NodeSpec[];

/** What the server would say of this graph over points. */
function checkOf(nodes: readonly NodeSpec[], data: Record<string, unknown> = {}): CheckResult {
  let width = 2;
  let before = 'input';
  const checked = nodes.map((node, at) => {
    const fields = node as Record<string, unknown>;
    if (Array.isArray(fields.features)) width = fields.features.length;
    if (typeof fields.out_features === 'number') width = fields.out_features;
    const id = node.id ?? `${node.kind}_${at}`;
    const inputs = node.inputs ?? [before];
    before = id;
    return { id, kind: node.kind, inputs, output_shape: [width] } as unknown as CheckedNode;
  });
  return {
    ok: true,
    nodes: checked,
    data: { input_kind: 'points', input_shape: [2], ...data },
  } as unknown as CheckResult;
}

const NET = graph(
  { id: 'hidden1', kind: 'linear', out_features: 8 },
  { kind: 'batch_norm' },
  { kind: 'tanh' },
  { kind: 'dropout', p: 0.2 },
  { id: 'hidden2', kind: 'dense', out_features: 3 },
  { kind: 'relu' },
  { id: 'score', kind: 'linear', out_features: 1 },
);

const stack = (nodes: readonly NodeSpec[]): Stack => stackOf(checkOf(nodes), KINDS) as Stack;

describe('a stack', () => {
  it('keeps what did not change as the same objects', () => {
    const before = stack(NET);
    expect(keepColumns(before, stack(NET))).toBe(before);
    const wider = keepColumns(
      before,
      stack(NET.map((node) => (node.id === 'hidden2' ? { ...node, out_features: 5 } : node))),
    );
    expect(wider?.map((column, at) => column === before[at])).toEqual([true, true, false, true]);
    expect(wider?.[2]?.numUnits).toBe(5);
    expect(keepColumns(before, before.slice(0, 2))).toHaveLength(2);
    expect(keepColumns(null, before)).toBe(before);
    expect(keepColumns(before, null)).toBeNull();
  });

  it('has a column for the input and for each linear layer with what follows it', () => {
    const columns = stack(NET);
    expect(columns.map(({ part, title, numUnits }) => [part, title, numUnits])).toEqual([
      ['input', 'Input', 2],
      ['hidden', 'Hidden 1', 8],
      ['hidden', 'Hidden 2', 3],
      ['output', 'Output', 1],
    ]);
    expect(columns[1]).toMatchObject({ places: [0, 1, 2, 3], activation: 'tanh', bound: 1, canDie: false });
    expect(columns[2]).toMatchObject({ places: [4, 5], activation: 'ReLU', bound: null, canDie: true });
    expect(columns.map((one) => wordsOf(one, false))).toEqual([
      '2 features',
      '8 units, tanh',
      '3 units, ReLU',
      '1 unit',
    ]);
    expect(widthsOf(columns)).toBe('2 – 8 – 3 – 1');
  });

  it('reads the features of its first node', () => {
    const columns = stack(graph({ kind: 'point_features', features: ['x', 'xy', 'sin_y'] }, ...NET));
    expect(columns[0]).toMatchObject({ numUnits: 3, nodes: ['point_features_0'] });
    expect(titleOf(columns, { column: 0, unit: 5 })).toBe('input, sin x');
    expect(titleOf(columns, { column: 2, unit: 1 })).toBe('hidden 2, unit 2');
  });

  it('is nothing that branches, nor other data, nor a network with an error', () => {
    const branch = graph(...NET.slice(0, 6), { kind: 'add', inputs: ['hidden2', 'relu_5'] }, NET[6] as never);
    expect(stackOf(checkOf(branch), KINDS)).toBeNull();
    expect(stackOf(checkOf(NET, { input_kind: 'tabular' }), KINDS)).toBeNull();
    expect(stackOf(checkOf(NET, { input_shape: [1] }), KINDS)).toBeNull();
    expect(stackOf({ ...checkOf(NET), ok: false }, KINDS)).toBeNull();
    expect(stackOf(checkOf(graph({ kind: 'relu' }, ...NET)), KINDS)).toBeNull();
    expect(stackOf(null, KINDS)).toBeNull();
  });

  it('has at most six hidden layers', () => {
    const hidden = (count: number): NodeSpec[] =>
      graph(...Array.from({ length: count }, () => ({ kind: 'linear', out_features: 2 })), NET[6] as never);
    expect(stack(hidden(6))).toHaveLength(8);
    expect(stackOf(checkOf(hidden(7)), KINDS)).toBeNull();
  });
});

describe('features', () => {
  it('are switched on in their own order, and the node goes when x and y are left', () => {
    const more = switchFeature(NET, 'xy', true);
    expect(more[0]).toEqual({ kind: 'point_features', features: ['x', 'y', 'xy'] });
    expect(more.slice(1)).toEqual(NET);
    const fewer = switchFeature(more, 'x', false);
    expect(featuresOf(fewer)).toEqual(['y', 'xy']);
    expect(switchFeature(switchFeature(fewer, 'xy', false), 'x', true)).toEqual(NET);
  });

  it('keep a node that says more than its features', () => {
    const own = graph({ id: 'mine', kind: 'point_features', features: ['x'], frequency: 2 }, ...NET);
    expect(switchFeature(own, 'y', true)[0]).toEqual({ ...own[0], features: ['x', 'y'] });
  });

  it('are never all off', () => {
    const one = switchFeature(NET, 'y', false);
    expect(featuresOf(one)).toEqual(['x']);
    expect(switchFeature(one, 'x', false)).toBe(one);
  });
});

describe('edits', () => {
  it('change the units of one layer, and the sizes that others state of it', () => {
    const stated = NET.map((node, at) => (at === 4 ? { ...node, in_features: 8 } : node)) as NodeSpec[];
    const columns = stack(stated);
    const changed = withUnits(stated, columns, columns[1] as never, 9);
    expect(changed[0]).toMatchObject({ id: 'hidden1', out_features: 9 });
    expect(changed[4]).toEqual(NET[4]);
    expect(withUnits(NET, columns, columns[1] as never, 0)[0]).toMatchObject({ out_features: 1 });
    expect(withUnits(NET, columns, columns[3] as never, 5)).toEqual(NET);
  });

  it('add a layer like the last one, and take it out again', () => {
    const columns = stack(NET);
    const more = withLayer(NET, columns);
    expect(more.slice(6)).toEqual([{ id: 'hidden3', kind: 'dense', out_features: 3 }, { kind: 'relu' }, NET[6]]);
    const grown = stack(more);
    expect(withoutLayer(more, grown, grown.at(-2) as never)).toEqual(NET);
    const none = stack(NET.slice(6));
    expect(withLayer(NET.slice(6), none).map((node) => node.kind)).toEqual(['linear', 'tanh', 'linear']);
  });
});

describe('the layout', () => {
  const room = { width: 650, height: 560, tile: 44, textScale: 1 };
  const boxes = (counts: number[], at = room) => layoutOf(counts, at).columns.flatMap((one) => one.tiles);

  it.each([[[7, 8, 8, 1]], [[7, 32, 32, 1]], [[7, 64, 3]], [[7, 2, 3, 4, 5, 6, 7, 1]], [[7, 1]]])(
    'keeps %j within its room, and no two tiles overlap',
    (counts) => {
      for (const at of [
        room,
        { width: 1000, height: 900, tile: 64, textScale: 1 },
        { width: 480, height: 420, tile: 44, textScale: 1 },
      ]) {
        const tiles = boxes(counts, at);
        for (const { x, y, side } of tiles) {
          expect(x - side / 2).toBeGreaterThanOrEqual(0);
          expect(x + side / 2).toBeLessThanOrEqual(at.width);
          expect(y - side / 2).toBeGreaterThanOrEqual(HEAD - 4);
          expect(y + side / 2).toBeLessThanOrEqual(at.height - FOOT + 4);
        }
        const apart = tiles.every((a, i) =>
          tiles.slice(i + 1).every((b) => Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) >= (a.side + b.side) / 2),
        );
        expect(apart).toBe(true);
      }
    },
  );

  it('has tiles of full size where there is room, the output larger', () => {
    const [input, hidden, output] = layoutOf([7, 8, 1], room).columns;
    expect([input, hidden, output].map((one) => one?.tiles[0]?.side)).toEqual([44, 44, 62]);
  });

  it('has fewer words where columns stand closer or text is larger, and room for those above the input', () => {
    const wordsOf = (num: number, textScale: number): string =>
      layoutOf([7, ...new Array(num).fill(8), 1], { ...room, textScale }).words;
    expect([wordsOf(2, 1), wordsOf(4, 1), wordsOf(6, 1)]).toEqual(['all', 'few', 'fewest']);
    expect([wordsOf(2, 1.5), wordsOf(4, 1.5)]).toEqual(['few', 'fewest']);
    const item = { std: 0.721, saturated: 0.21, dead: null } as HistogramItem;
    const said = (['all', 'few', 'fewest'] as const).map((words) => measuredOf(item, words).replace('\u00a0', ' '));
    expect(said).toEqual(['std 0.72 · 21 % saturated', 'std 0.72\n21 % saturated', 'std 0.72']);
    expect(layoutOf([7, 8, 1], { ...room, textScale: 1.5 }).columns[0]?.x).toBeGreaterThanOrEqual(42);
  });

  it('shows as many as there is room for', () => {
    const shown =
      layoutOf([7, 64, 1], { width: 600, height: 300, tile: 44, textScale: 1 }).columns[1]?.tiles.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(shown).toBeLessThan(64);
  });
});

describe('links', () => {
  const { columns } = layoutOf([7, 3, 1], { width: 600, height: 500, tile: 44, textScale: 1 });
  const stackOf3 = stack(
    graph({ id: 'a', kind: 'linear', out_features: 3 }, { id: 'b', kind: 'linear', out_features: 1 }),
  );
  const weights = (node: string, shape: number[], values: number[]) => ({
    node,
    parameter: 'weight',
    images: { data: Float32Array.from(values), shape: [1, 1, ...shape] },
  });
  const frame = {
    items: [weights('a', [3, 2], [1, 2, 3, 4, 5, 6]), weights('b', [1, 3], [-7, 8, 9])],
  } as never;
  const links = linksOf(frame, stackOf3, columns, ['xy', 'sin_x']);
  const weightOf = (column: number, from: number, to: number): number | undefined =>
    links.find((one) => one.to.column === column && one.from.unit === from && one.to.unit === to)?.weight;

  it('join each unit with those before it; features stand in their own places', () => {
    expect(links).toHaveLength(9);
    expect(unitOf({ column: 0, unit: 4 }, ['xy', 'sin_x'])).toBe(0);
    expect([weightOf(1, 4, 0), weightOf(1, 5, 0), weightOf(1, 4, 2), weightOf(1, 5, 2)]).toEqual([1, 2, 5, 6]);
    expect([weightOf(2, 0, 0), weightOf(2, 2, 0)]).toEqual([-7, 9]);
    expect(weightOf(1, 0, 0)).toBeUndefined();
  });

  it('are hit on their curve and nowhere else', () => {
    for (const link of links) {
      const curve = curveOf(link);
      for (const t of [0.1, 0.35, 0.5, 0.8]) {
        const { x, y } = placeOn(curve, t);
        expect(distance(curve, x, y)).toBeLessThan(0.01);
        expect(distance(curve, x, y + 5)).toBeLessThanOrEqual(5);
      }
      const middle = placeOn(curve, 0.5);
      expect(linkAt([link], middle.x, middle.y)).toBe(link);
      expect(linkAt([link], middle.x, middle.y + 200)).toBeNull();
    }
  });

  it('of two that cross the heavier one is hit', () => {
    const [light, heavy] = [
      { ...links[0], weight: 0.1 },
      { ...links[0], weight: -3 },
    ] as [Link, Link];
    const { x, y } = placeOn(curveOf(light), 0.5);
    expect(linkAt([light, heavy], x, y)).toBe(heavy);
  });

  it('have a scale that ends at a round number and holds nearly all', () => {
    const of = (...values: number[]): number => scaleEnd(values.map((weight) => ({ weight })));
    expect([of(), of(0), of(0.3), of(-2.3), of(3), of(7), of(0.04)]).toEqual([1, 1, 0.3, 3, 3, 8, 0.04]);
    expect(of(...Array.from({ length: 99 }, () => 1), 50)).toBe(1);
  });

  it('are wider and clearer with the size of the weight, coloured by its sign', () => {
    expect([widthOf(sizeOf(0, 3)), widthOf(sizeOf(-3, 3)), widthOf(sizeOf(9, 3))]).toEqual([0.5, 4.5, 4.5]);
    expect(shadeOf(0.01, 0)).toBeGreaterThan(0.5);
    expect(shadeOf(-0.01, 0)).toBeLessThan(0.5);
    expect([opacityOf(0, 61, null), opacityOf(1, 61, null)]).toEqual([0.12, 0.4]);
    expect(opacityOf(1, 60, null)).toBeGreaterThan(0.9);
    expect(opacityOf(0, 500, true)).toBe(1);
    expect(opacityOf(1, 10, false)).toBe(0.4);
  });
});
