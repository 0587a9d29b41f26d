import { describe, expect, it } from 'vitest';
import { type Theme, theme } from '../../draw/colours';
import type { LinesItem } from '../../words/frames';
import { array } from '../gallery/samples';
import { linesFigure } from './figure';
import { nearestPlace } from './LinesHover';
import { type LinesPlan, planNow, planTime } from './plan';
import { type LinesScene, mappingOf } from './scene';
import { xSpan, ySpan } from './span';
import { tableOf } from './table';

const series = (name: string, y: number[], parts: Partial<LinesItem['series'][number]> = {}) => ({
  name,
  y: array(y),
  low: null,
  high: null,
  role: null,
  ...parts,
});
const item = (parts: Partial<LinesItem> = {}): LinesItem => ({
  node: 'net',
  x_title: 'layer',
  y_title: 'norm',
  x: array([0, 1, 2]),
  x_names: ['conv1', 'conv2', 'fc'],
  series: [series('weights', [4, 0.5, 0.25]), series('activations', [1, Number.NaN, 3])],
  mark: 'line',
  log_x: false,
  note: null,
  log_y: true,
  ...parts,
});
const plain = {
  ...theme(),
  series: Array.from({ length: 8 }, (_, i) => `#00000${i}`),
  colours: { ...theme().colours, train: '#111111', validation: '#222222', 'ink-3': '#333333', 'bg-surface': '#ffffff' },
} as Theme;
const scene = (plan: LinesPlan, parts: Partial<LinesScene> = {}): LinesScene => ({
  ...plan,
  x: xSpan(plan),
  y: ySpan(plan) ?? [0, 1],
  width: 360,
  height: 200,
  isSmall: false,
  near: null,
  saysY: false,
  revision: '0',
  theme: plain,
  ...parts,
});
interface Trace {
  name: string;
  type: string;
  x: (number | null)[];
  y: (number | null)[];
  text: string[];
  line: { color: string; dash: string };
}
const traces = (one: LinesScene): Trace[] => linesFigure(one).data as Trace[];
const named = (list: Trace[], name: string): Trace => list.find((one) => one.name === name) as Trace;

describe('curves now', () => {
  it('are drawn with their values; what a log axis cannot show is a gap', () => {
    const found = traces(scene(planNow(item({ series: [series('weights', [4, 0, 0.25])] }), true)));
    expect(named(found, 'weights').x).toEqual([0, 1, 2]);
    expect(named(found, 'weights').y).toEqual([4, null, 0.25]);
    const linear = traces(scene(planNow(item({ series: [series('weights', [4, 0, 0.25])] }), false)));
    expect(named(linear, 'weights').y).toEqual([4, 0, 0.25]);
  });

  it('have the colour of their role, or that of their place, with a dash of its own', () => {
    const many = [series('t', [1, 1, 1], { role: 'train' }), series('v', [1, 1, 1], { role: 'validation' })];
    const rest = [series('r', [1, 1, 1], { role: 'reference' }), series('a', [1, 1, 1]), series('b', [1, 1, 1])];
    const found = traces(scene(planNow(item({ series: [...many, ...rest] }), true)));
    expect(['t', 'v', 'r', 'a', 'b'].map((name) => named(found, name).line.color)).toEqual([
      '#111111',
      '#222222',
      '#333333',
      '#000000',
      '#000001',
    ]);
    expect(named(found, 'r').line.dash).toBe('dot');
    expect(named(found, 'a').line.dash).not.toBe(named(found, 'b').line.dash);
  });

  it('have their names at their ends, or in the foot where they are many', () => {
    const two = linesFigure(scene(planNow(item(), true)));
    expect((two.data as Trace[]).find((one) => one.text)?.text).toEqual(['weights', 'activations']);
    const places = array([0, 1, 2]);
    const nine = Array.from({ length: 9 }, (_, i) => series(`s${i}`, [1, 2, 3], { role: i === 8 ? 'train' : null }));
    const figure = linesFigure(scene(planNow(item({ x: places, series: nine }), false)));
    expect((figure.data as Trace[]).find((one) => one.text)).toBeUndefined();
    const words = (figure.layout as { annotations: { text: string }[] }).annotations.map((one) => one.text);
    expect(words).toEqual(expect.arrayContaining(nine.map((one) => one.name)));
  });

  it('have their names in one column beside the plot, also where one ends before another', () => {
    const short = series('measured', [0.5, 0.25, Number.NaN]);
    const long = series('1/√n', [0.5, 0.25, 0.24], { role: 'reference' });
    const numbers = item({ x_names: null, x: array([1, 10, 100]), log_x: true, series: [short, long] });
    const one = scene(planNow(numbers, true), { height: 130 });
    const labels = named(traces(one), 'labels');
    const { toX } = mappingOf(one);
    const places = labels.x.map((x) => toX(x ?? 0));
    expect(places[0]).toBeCloseTo(toX(100), 6);
    expect(places[1]).toBeCloseTo(toX(100), 6);
    // What would begin on its own dot is moved off it by a blank.
    expect(labels.text).toEqual([expect.stringMatching(/^\s+measured$/), expect.stringMatching(/^\s+1\/√n$/)]);
    const leaders = traces(one).filter(({ name }) => name === 'leaders');
    expect(leaders.map((leader) => leader.line.color)).toContain(named(traces(one), 'measured').line.color);
  });

  it('have names too wide for the side of the plot in the foot, and a crowd no key to what is not measured', () => {
    const wide = item({ series: [series('before', [1, 2, 3]), series('after, each kept one × 1.43', [3, 2, 1])] });
    const words = (one: LinesItem): string[] =>
      (linesFigure(scene(planNow(one, false))).layout as { annotations: { text: string }[] }).annotations.map(
        ({ text }) => text,
      );
    expect(words(wide)).toEqual(expect.arrayContaining(['before', 'after, each kept one × 1.43']));
    expect(words(item())).not.toContain('weights');
    const ten = Array.from({ length: 10 }, (_, i) => series(`s${i}`, [1, 2, 3]));
    expect(words(item({ series: [...ten, series('guess', [1, 2, 3], { role: 'reference' })] }))).not.toContain('guess');
  });

  it('make no room for a band that stands a hair over, and room for points at the ends', () => {
    const hair = series('p', [0, 0.5, 1], { low: array([-0.01, 0.4, 0.9]), high: array([0.1, 0.6, 1.02]) });
    const wide = series('p', [0, 0.5, 1], { low: array([-0.5, 0.4, 0.9]), high: array([0.1, 0.6, 1.5]) });
    expect(ySpan(planNow(item({ series: [hair] }), false))).toEqual([0, 1]);
    expect(ySpan(planNow(item({ series: [wide] }), false))).toEqual([-0.5, 1.5]);
    expect(ySpan(planNow(item({ y_title: 'probability', series: [wide] }), false))).toEqual([0, 1]);
    expect(xSpan(planNow(item({ x_names: null, mark: 'points' }), false))[0]).toBeLessThan(0);
  });

  it('draw a band between its edges, broken where it was not measured', () => {
    const band = series('mean', [1, 2, 3], { low: array([0.5, Number.NaN, 2]), high: array([2, 3, 4]) });
    const found = traces(scene(planNow(item({ series: [band] }), false))).filter((one) => one.name === 'mean band');
    expect(found.map((one) => one.y)).toEqual([
      [2, 0.5],
      [4, 2],
    ]);
  });

  it('are bars from 0 where asked for', () => {
    const plan = planNow(item({ mark: 'bars', series: [series('n', [2, 3, 4])] }), false);
    expect(ySpan(plan)).toEqual([0, 4]);
    expect(named(traces(scene(plan)), 'n').type).toBe('bar');
  });
});

describe('a reference beside bars', () => {
  it('is a stroke across the bars of each place, not a line from one to another', () => {
    const kept = series('running', [2, Number.NaN, 4], { role: 'reference' });
    const plan = planNow(item({ mark: 'bars', series: [series('train', [1, 2, 3]), kept] }), false);
    const { x, y } = named(traces(scene(plan)), 'running');
    expect(y.filter((value) => value !== null)).toEqual([2, 2, 4, 4]);
    const middles = [0, 6].map((i) => ((x[i] as number) + (x[i + 1] as number)) / 2);
    expect(middles[0]).toBeCloseTo(0, 6);
    expect(middles[1]).toBeCloseTo(2, 6);
    expect((x[1] as number) - (x[0] as number)).toBeLessThan(1);
    expect([x[2], y[2]]).toEqual([null, null]);
  });
});

describe('the axes', () => {
  it('hold every finite value and band; a log axis those above 0', () => {
    const band = series('mean', [1, 2, 3], { low: array([-1, 1, 2]), high: array([2, 3, 9]) });
    expect(ySpan(planNow(item({ series: [band] }), false))).toEqual([-1, 9]);
    expect(ySpan(planNow(item({ series: [series('z', [0, 0, Number.NaN])] }), true))).toBeNull();
    expect(ySpan(planNow(item(), true))).toEqual([0.25, 4]);
  });

  it('give named places half a place at each side, and numbers none', () => {
    expect(xSpan(planNow(item(), true))).toEqual([-0.5, 2.5]);
    expect(xSpan(planNow(item({ x_names: null, x: array([0, 0.25, 1]) }), true))).toEqual([0, 1]);
    expect(xSpan(planNow(item({ x_names: null, x: array([0, 10, 1000]), log_x: true }), true))).toEqual([10, 1000]);
  });

  const namesOf = (x_names: string[], width: number, height = 160) => {
    const one = item({
      x_names,
      x: array(x_names.map((_, i) => i)),
      series: [
        series(
          'n',
          x_names.map(() => 1),
        ),
      ],
    });
    const { layout, margins } = linesFigure(scene(planNow(one, false), { width, height }));
    const { ticktext, tickangle } = (layout as { xaxis: { ticktext: string[]; tickangle: number } }).xaxis;
    return { ticktext, tickangle, foot: margins.b };
  };

  it('break names of several words where they have no room in one row, and cut none of them', () => {
    const views = ['as it is', 'mirror', 'both', '1 crop', '5 crops', '10 crops'];
    const wide = namesOf(views, 640);
    expect(wide).toMatchObject({ ticktext: views, tickangle: 0 });
    const narrow = namesOf(views, 330);
    expect(narrow.ticktext.map((name) => name.replaceAll('<br>', ' '))).toEqual(views);
    expect(narrow).toMatchObject({ tickangle: 0, ticktext: expect.arrayContaining(['10<br>crops', 'mirror']) });
    expect(narrow.foot).toBeGreaterThan(wide.foot);
    expect(narrow.foot).toBeLessThan(namesOf(['bottleneck_first', 'bottleneck_second'], 200).foot);
  });

  it('tilt names that no space breaks, and cut out the middle of those that are too long', () => {
    const layers = namesOf(['bottleneck_convolution_1', 'bottleneck_convolution_2'], 200);
    expect(layers.tickangle).toBe(-45);
    expect(layers.ticktext).toEqual([expect.stringMatching(/^bott.*….*_1$/), expect.stringMatching(/^bott.*….*_2$/)]);
    expect(
      namesOf(
        Array.from({ length: 100 }, (_, i) => `layer${i}`),
        360,
      ).ticktext.length,
    ).toBeLessThan(30);
  });

  it('map values to pixels and back, logarithmic ones too', () => {
    const mapping = mappingOf(
      scene(planNow(item({ log_x: true, x_names: null, x: array([1, 10, 100]) }), true), { y: [0.01, 100] }),
    );
    expect(mapping.toX(10)).toBeCloseTo(mapping.width / 2, 6);
    expect(mapping.toY(1)).toBeCloseTo(mapping.height / 2, 6);
    expect(mapping.fromY(mapping.toY(0.3))).toBeCloseTo(0.3, 9);
    expect(nearestPlace({ ...planNow(item(), true).curves[0], x: [1, 10, 100] } as never, 30, mapping.toX)).toBe(1);
  });
});

describe('through time', () => {
  const recorded = [
    { step: 10, item: item() },
    { step: 20, item: item({ series: [series('weights', [8, 0.25, 0.5])] }) },
  ];

  it('is a line for each place, over steps', () => {
    const plan = planTime(recorded, 'weights', true, [0, 100]) as LinesPlan;
    expect(plan.curves.map((curve) => [curve.name, curve.x, curve.y])).toEqual([
      ['conv1', [10, 20], [4, 8]],
      ['conv2', [10, 20], [0.5, 0.25]],
      ['fc', [10, 20], [0.25, 0.5]],
    ]);
    expect(xSpan(plan)).toEqual([0, 100]);
    expect(tableOf(plan)).toEqual({
      columns: ['step', 'conv1', 'conv2', 'fc'],
      rows: [
        ['10', '4', '0.5', '0.25'],
        ['20', '8', '0.25', '0.5'],
      ],
    });
  });

  it('is the curve at each step where x has no names, the oldest and the newest told apart', () => {
    const numbers = recorded.map(({ step, item: one }) => ({ step, item: { ...one, x_names: null } }));
    const plan = planTime(numbers, 'weights', true, [0, 100]) as LinesPlan;
    expect(plan.curves.map((curve) => [curve.name, curve.age])).toEqual([
      ['step 10', 0],
      ['step 20', 1],
    ]);
  });
});

describe('the table', () => {
  it('has an empty cell where nothing was measured', () => {
    expect(tableOf(planNow(item(), true)).rows[1]).toEqual(['conv2', '0.5', '']);
  });

  it('has every curve and band, by the names of the places', () => {
    const band = series('mean', [1, 2, 3], { low: array([0, 1, 2]), high: array([2, 3, 4]) });
    expect(tableOf(planNow(item({ series: [band] }), false))).toEqual({
      columns: ['layer', 'mean', 'mean low', 'mean high'],
      rows: [
        ['conv1', '1', '0', '2'],
        ['conv2', '2', '1', '3'],
        ['fc', '3', '2', '4'],
      ],
    });
  });
});
