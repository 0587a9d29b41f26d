import { describe, expect, it } from 'vitest';
import { Digest } from '../../draw/digest';
import type { HistogramItem } from '../../words/frames';
import { array, check } from '../gallery/samples';
import type { HistogramFrame } from '../histogram/rows';
import { Axes } from './Axes';
import { Cells } from './Cells';
import { digestOf } from './LayersDrawing';
import { layoutOf } from './layout';
import { columnsOf, deadOf, factsOf, NUMBERS, tableOf } from './numbers';
import { type Frames, mainParameter, QUANTITIES, type Row, rowsOf } from './rows';
import { measuredOf } from './words';

const item = (node: string, parameter: string | null, parts: Partial<HistogramItem> = {}): HistogramItem => ({
  node,
  parameter,
  mean: 0.5,
  std: 0.25,
  min: 0,
  max: 1,
  zeros: 0.1,
  saturated: null,
  dead: null,
  dead_since: null,
  ratio: null,
  num_elements: 8,
  num_measured: 8,
  non_finite: 0,
  edges: array([0, 0.5, 1]),
  counts: array([2, 6]),
  ...parts,
});
const frame = (step: number, items: HistogramItem[]): HistogramFrame =>
  ({ step, split: 'train', mode: 'train', items }) as unknown as HistogramFrame;
const frames: Frames = new Map([
  ['activations', frame(9, [item('conv1', null), item('relu_1', null, { dead: 0.12, dead_since: 340 })])],
  ['activation_gradients', frame(9, [item('relu_1', null), item('conv1', null, { std: 0.125 })])],
  ['weights', frame(9, [item('conv1', 'bias'), item('conv1', 'weight', { mean: 0.75 })])],
  ['updates', frame(8, [item('conv1', 'weight', { ratio: 0.002 }), item('conv1', 'bias', { ratio: 0.5 })])],
]);
const rows = rowsOf(frames, null, 'all');

describe('rows', () => {
  it('have of each node what was measured of it, in the order of the network', () => {
    expect(rows.map((row) => row.node)).toEqual(['conv1', 'relu_1']);
    expect(rows.map((row) => row.items.map((one) => one?.std ?? null))).toEqual([
      [0.25, 0.125, 0.25, null],
      [0.25, 0.25, null, null],
    ]);
    expect(rows[0]?.items[2]?.mean).toBe(0.75);
    expect(rows.map((row) => row.update?.ratio ?? null)).toEqual([0.002, null]);
    const network = rowsOf(
      new Map([['activations', frame(1, [item('logits', null), item('conv1', null)])]]),
      check('image'),
      'all',
    );
    expect(network.map((row) => row.node)).toEqual(['conv1', 'logits']);
  });

  it('may be those with weights alone', () => {
    const all = new Map([
      [
        'activations',
        frame(
          1,
          ['conv1', 'batch_norm_1', 'relu_1'].map((node) => item(node, null)),
        ),
      ],
    ]);
    expect(rowsOf(all, check('image'), 'main').map((row) => row.node)).toEqual(['conv1']);
  });

  it('take the weight of a layer, or its first matrix', () => {
    expect(mainParameter(['bias', 'weight'])).toBe('weight');
    expect(mainParameter(['bias_ih_l0', 'weight_ih_l0', 'weight_hh_l0'])).toBe('weight_ih_l0');
    expect(mainParameter(['shift'])).toBe('shift');
    expect(mainParameter([])).toBeUndefined();
  });

  it('have a digest of every value that is drawn', () => {
    const expected = new Digest();
    const shapes = (num: number): void => {
      for (let i = 0; i < num; i += 1) expected.addAll([2, 6]).addAll([0, 0.5, 1]);
    };
    shapes(3);
    expected.add(0.002);
    shapes(2);
    expect(digestOf(rows)).toBe(expected.toString());
  });
});

describe('numbers', () => {
  it('tell of units that are dead, and since when', () => {
    expect(deadOf(rows[1]?.items[0] ?? null)).toBe('12\u00a0% since 340');
    expect(deadOf(rows[0]?.items[0] ?? null)).toBe('–');
  });

  it('are all in the enlarged picture', () => {
    const row = rows[0] as Row;
    expect(Object.fromEntries(factsOf(row.items[2] as HistogramItem, row))).toEqual({
      mean: '0.75',
      std: '0.25',
      min: '0',
      max: '1',
      zeros: '10\u00a0%',
      'update : weight': '0.002',
      elements: '8',
    });
  });

  it('are all in the table, of every parameter, with their step', () => {
    const { columns, rows: cells } = tableOf(rows, frames);
    const column = (name: string): string[] => cells.map((row) => row[columns.indexOf(name)] as string);
    expect(column('layer')).toEqual(['conv1', 'conv1', 'conv1', 'conv1', 'conv1', 'conv1', 'relu_1', 'relu_1']);
    expect(column('parameter')).toEqual(['', '', 'bias', 'weight', 'weight', 'bias', '', '']);
    expect(column('step')).toEqual(['9', '9', '9', '9', '8', '8', '9', '9']);
    expect(column('update_ratio')).toEqual(['', '', '', '', '0.002', '0.5', '', '']);
    expect(column('dead_since')).toEqual(['', '', '', '', '', '', '340', '']);
  });
});

describe('the layout', () => {
  it('drops numbers from the left where it is narrow, the pictures never', () => {
    const shown = (width: number): string[] => layoutOf(width, 80, 1, 'M').numbers.map(({ column }) => column.name);
    const all = NUMBERS.map((column) => column.name);
    expect(shown(1100)).toEqual(all);
    for (const width of [300, 480, 640, 800]) {
      const found = shown(width);
      expect(all.slice(all.length - found.length)).toEqual(found);
      expect(layoutOf(width, 80, 1, 'M').cells).toHaveLength(4);
    }
    expect(shown(320)).toEqual([]);
    expect(shown(480)).toContain('update : weight');
  });

  it('gives the room of a number that no layer has to those that are there', () => {
    const names = columnsOf(rows, 0).map((column) => column.name);
    expect(names).toEqual(NUMBERS.map((column) => column.name).filter((name) => name !== 'saturated'));
    expect(columnsOf(rows, 2).map((column) => column.name)).not.toContain('dead');
    const shown = (numbersOf: number): string[] =>
      layoutOf(700, 80, 1, 'M', 0, columnsOf(rows, numbersOf)).numbers.map(({ column }) => column.name);
    expect(shown(0)).toEqual(['std', 'zeros', 'dead', 'update : weight']);
    expect(shown(2)).toEqual(['mean', 'std', 'zeros', 'update : weight']);
  });

  it('has rows that fill the height, up to twice their usual one', () => {
    const heightOf = (room: number): number => layoutOf(600, 80, 1, 'M', room).rowHeight;
    expect([10, 26, 40.6, 52, 200].map(heightOf)).toEqual([26, 26, 40, 52, 52]);
  });

  it('keeps inside of its width', () => {
    for (const width of [260, 420, 900, 1400]) {
      const { cells, numbers } = layoutOf(width, 90, 1, 'M');
      const last = numbers.at(-1) ?? cells.at(-1);
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(width + 1);
    }
  });
});

describe('what was measured', () => {
  const measured: Frames = new Map([
    ...frames,
    ['activations', { ...frame(9, [item('conv1', null)]), split: 'validation', mode: 'eval' }],
    ['updates', { ...frame(9, []), split: 'train', mode: 'train' }],
  ] as [string, HistogramFrame][]);

  it('is told with its part of the data and its mode, of the numbers or of all', () => {
    expect(measuredOf(measured, QUANTITIES[0], 'M')).toBe('numbers of the activation · step 9 · val · eval');
    expect(measuredOf(measured, QUANTITIES[1], 'L')).toBe('step 9 · train');
    expect(measuredOf(measured, null, 'M')).toBe('step 9 · activ. val, eval · ∂ train');
    expect(measuredOf(frames, null, 'S')).toBe('steps 8 … 9');
  });
});

describe('axes', () => {
  it('are of each small picture, or one for the column', () => {
    const wide = item('b', null, { min: -8, max: 8, edges: array([-8, 0, 8]) });
    const two: Row[] = [item('a', null), wide].map((one) => ({
      node: one.node,
      items: [one, null, null, null],
      update: null,
    }));
    const [first, second] = two as [Row, Row];
    const own = new Axes().axisOf('r', two, false, 0);
    expect(own(first, 0)[0]).toBe(0);
    expect(own(second, 0)[0]).toBeLessThan(-7);
    const shared = new Axes().axisOf('r', two, true, 0);
    expect(shared(first, 0)).toEqual(shared(second, 0));
  });
});

describe('cells', () => {
  const make = () => {
    const host = document.createElement('div');
    document.body.append(host);
    const cells = new Cells(host, 'card', () => cells.mark());
    cells.update(layoutOf(340, 60, 1, 'M'), rows);
    const button = (node: string, quantity: number): HTMLButtonElement =>
      host.querySelector(`[data-node=${node}][data-quantity="${quantity}"]`) as HTMLButtonElement;
    return { cells, button, host };
  };
  const key = (target: HTMLElement, name: string) =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));

  it('enlarge under the pointer, stay when clicked, and let go with Escape', () => {
    const { cells, button } = make();
    button('conv1', 1).dispatchEvent(new Event('pointerover', { bubbles: true }));
    expect(cells.shown).toEqual({ node: 'conv1', quantity: 1 });
    button('conv1', 1).click();
    expect(button('conv1', 1).getAttribute('aria-pressed')).toBe('true');
    button('conv1', 1).parentElement?.dispatchEvent(new Event('pointerleave'));
    expect(cells.shown).toEqual({ node: 'conv1', quantity: 1 });
    key(button('conv1', 1), 'Escape');
    expect(cells.pinned).toBeNull();
    expect(cells.shown).toBeNull();
  });

  it('are walked through by arrow keys, past what a layer does not have', () => {
    const { cells, button, host } = make();
    expect(host.querySelectorAll('button')).toHaveLength(5);
    button('conv1', 0).focus();
    key(button('conv1', 0), 'ArrowRight');
    key(button('conv1', 1), 'ArrowDown');
    expect(cells.shown).toEqual({ node: 'relu_1', quantity: 1 });
    key(button('relu_1', 1), 'ArrowRight');
    expect(document.activeElement).toBe(button('relu_1', 1));
  });
});
