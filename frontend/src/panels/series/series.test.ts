import { describe, expect, it } from 'vitest';
import { type Theme, theme } from '../../draw/colours';
import { seriesFigure } from './figure';
import { extentOf, noteLabels, placeLabels } from './labels';
import { ACCURACY, LOSS } from './plot';
import { type Line, mappingOf, marginsOf, type SeriesScene } from './scene';
import { beyond, neededSpan } from './span';
import { axisWords, seriesSummary } from './summary';

const steps = (num: number): Float64Array => Float64Array.from({ length: num }, (_, i) => i + 1);
const line = (role: Line['role'], values: ArrayLike<number>, raw: Float64Array | null = null): Line => ({
  name: role,
  role,
  steps: steps(values.length),
  values: Float64Array.from(values),
  raw,
  end: role,
});
const colours = Object.fromEntries(
  ['train', 'validation', 'ink-2', 'ink-3', 'bg-surface', 'error'].map((n) => [n, '#000']),
);
const plain = { ...theme(), colours: { ...theme().colours, ...colours } } as Theme;
const scene = (parts: Partial<SeriesScene> = {}): SeriesScene => ({
  lines: [],
  ghosts: [],
  ghostName: 'run 1',
  factor: 1,
  notes: { marks: [], reference: null, diverged: null, above: null, below: null },
  x: [0, 100],
  y: [0, 1],
  isLog: false,
  stepsPerUnit: 1,
  viewStep: null,
  width: 348,
  height: 178,
  isSmall: false,
  revision: '0',
  theme: plain,
  ...parts,
});
interface Trace {
  name: string;
  x: number[];
  y: number[];
  text: string[];
  textposition: string[];
  opacity: number;
}
const traces = (parts: Partial<SeriesScene>): Trace[] => seriesFigure(scene(parts)).data as Trace[];
const named = (list: Trace[], name: string): Trace => list.find((one) => one.name === name) as Trace;

describe('the part of the values that is shown', () => {
  const span = (values: number[], isRaw = false) => ({
    steps: steps(values.length),
    values: Float64Array.from(values),
    isRaw,
  });

  it('does not move for many points at one place', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 3 - i / 500);
    const whole = { ...span(values), steps: steps(1000).map((step) => 500 * step) };
    const near = Array.from({ length: 1000 }, (_, i) => 450_000 + i + 0.5);
    const all = [...whole.steps, ...near].sort((a, b) => a - b);
    const dense = {
      ...whole,
      steps: Float64Array.from(all),
      values: Float64Array.from(all, (step) => 3 - step / 250_000),
    };
    const [low, high] = neededSpan([whole], LOSS.bounds, false) ?? [];
    expect(neededSpan([dense], LOSS.bounds, false)).toEqual([
      expect.closeTo(low as number, 1),
      expect.closeTo(high as number, 1),
    ]);
  });

  it('takes everything in at the start, and 0 where it is near', () => {
    expect(neededSpan([span([2.3, 1.1])], LOSS.bounds, false)).toEqual([0, expect.closeTo(2.288, 3)]);
    expect(neededSpan([span([Number.NaN])], LOSS.bounds, false)).toBeNull();
  });

  it('is the whole scale where all lies at one of its ends', () => {
    expect(neededSpan([span([0, 0])], [0, 1], false)).toEqual([0, 1]);
    expect(neededSpan([span([0.5, 0.5])], [0, 1], false)).toEqual([0.5, 0.5]);
  });

  it('leaves the first fall out later on, and says how far it went', () => {
    const values = Array.from({ length: 500 }, (_, i) => (i < 20 ? 2.3 - i / 10 : 0.1));
    expect(neededSpan([span(values)], LOSS.bounds, false)?.[1]).toBeCloseTo(0.1, 6);
    expect(beyond([span(values)], [0, 0.2])).toEqual({ above: 2.3, below: null });
  });

  it('always holds the newest validation value, and stays inside what is possible', () => {
    const validation = Array.from({ length: 200 }, (_, i) => (i === 199 ? 5 : 0.2));
    expect(neededSpan([span(validation)], LOSS.bounds, false)?.[1]).toBe(5);
    expect(neededSpan([span([0.5, 0.9, 1])], [0, 1], false)?.[1]).toBeLessThanOrEqual(1);
  });
});

describe('the figure', () => {
  it('has the smoothed line, the raw one faint behind, and validation with points', () => {
    const train = line('train', [0.5, 0.4, 0.3], Float64Array.of(0.5, 0.6, 0.1));
    const list = traces({ lines: [train, line('validation', [0.45])] });
    expect(named(list, 'train raw').y).toEqual([0.5, 0.6, 0.1]);
    expect(named(list, 'train raw').opacity).toBe(0.26);
    expect(named(list, 'train').y).toEqual([0.5, 0.4, 0.3]);
    expect(named(list, 'validation')).toMatchObject({ mode: 'lines+markers', x: [1], y: [0.45] });
    const order = list.map((one) => one.name);
    expect(order.indexOf('train raw')).toBeLessThan(order.indexOf('train'));
  });

  it('writes shares in percent and breaks the line where a value is not finite', () => {
    expect(named(traces({ factor: 100, y: [0, 100], lines: [line('train', [0.5, Number.NaN])] }), 'train').y).toEqual([
      50,
      null,
    ]);
  });

  it('draws what comes after the viewed step pale, and nothing raw of it', () => {
    const train = line('train', steps(80), steps(80));
    const list = traces({ lines: [train], viewStep: 40, y: [0, 80] });
    expect(Math.max(...named(list, 'train').x)).toBe(40);
    expect(Math.max(...named(list, 'train raw').x)).toBe(40);
    expect(Math.min(...named(list, 'train later').x)).toBe(40);
    expect(Math.max(...named(list, 'train later').x)).toBe(80);
  });

  it('puts the run before behind, and marks and reference where they are', () => {
    const notes = {
      ...scene().notes,
      marks: [{ step: 50, text: 'rate 0.1 → 0.05', kind: 'change' as const }],
      reference: { value: 0.69, text: 'ln 2: chance' },
    };
    const list = traces({ lines: [line('train', [0.5])], ghosts: [line('train', [0.9, 0.8])], notes });
    expect(list.findIndex((one) => one.name === 'run 1 train')).toBeLessThan(
      list.findIndex((one) => one.name === 'train'),
    );
    expect(named(list, 'marks').x).toEqual([50, 50, null]);
    expect(named(list, 'reference').y).toEqual([0.69, 0.69]);
    expect(named(list, 'labels').text).toEqual(expect.arrayContaining(['rate 0.1 → 0.05', 'ln 2: chance']));
  });

  it('stays small for a long run', () => {
    const long = line('train', new Float64Array(200_000).fill(0.5), new Float64Array(200_000).fill(0.5));
    for (const one of traces({ lines: [long], x: [0, 200_000] })) expect(one.x.length).toBeLessThan(800);
  });

  it('has a logarithmic axis with its own ticks', () => {
    const layout = seriesFigure(scene({ isLog: true, y: [0.01, 1] })).layout as {
      yaxis: { type: string; range: number[]; tickvals: number[] };
    };
    expect(layout.yaxis.type).toBe('log');
    expect(layout.yaxis.range).toEqual([-2, 0]);
    expect(layout.yaxis.tickvals).toEqual([0.01, 0.1, 1]);
  });

  it('counts epochs on the step axis when asked to', () => {
    const layout = seriesFigure(scene({ stepsPerUnit: 20 })).layout as {
      xaxis: { tickvals: number[]; ticktext: string[] };
    };
    expect(layout.xaxis.tickvals).toEqual([0, 20, 40, 60, 80, 100]);
    expect(layout.xaxis.ticktext).toEqual(['0', '1', '2', '3', '4', '5']);
  });
});

describe('words in the plot', () => {
  const place = (parts: Partial<SeriesScene>) => placeLabels(scene(parts), mappingOf(scene(parts)));

  it('names lines at their ends, pushed apart by 15 pixels', () => {
    const [first, second] = place({ lines: [line('train', [0.5]), line('validation', [0.51])] });
    expect(first?.anchor).toBe('left');
    expect(Math.abs((second?.y ?? 0) - (first?.y ?? 0))).toBeGreaterThanOrEqual(15 - 1e-9);
    expect(first?.text).toBe('validation');
  });

  it('turns names to the left where the run is at its end, and keeps them inside', () => {
    const full = steps(100).map(() => 0.02);
    const labels = place({ lines: [line('train', full), line('validation', full)] });
    const { width, height } = mappingOf(scene());
    for (const label of labels) {
      expect(label.anchor).toBe('right');
      expect(label.x).toBeLessThanOrEqual(width);
      expect(label.y).toBeGreaterThan(0);
      expect(label.y).toBeLessThan(height);
    }
  });

  it('does not name what is outside of the axes', () => {
    expect(place({ lines: [line('train', [7])] })).toEqual([]);
  });

  it('writes a mark only where its words touch no other mark', () => {
    const marks = [20, 25, 70].map((step) => ({ step, text: 'rate 0.1 → 0.05', kind: 'change' as const }));
    const one = scene({ notes: { ...scene().notes, marks } });
    const labels = noteLabels(one, mappingOf(one), []);
    expect(labels.length).toBeLessThan(3);
    const spans = labels.map((label) => extentOf(label, plain)).sort((a, b) => a[0] - b[0]);
    spans.slice(1).forEach(([start], i) => {
      expect(start).toBeGreaterThan((spans[i] as readonly [number, number])[1]);
    });
  });

  it('writes what tells of a step above the plot, where no curve comes', () => {
    const marks = [{ step: 5, text: 'rate 0.1 → 0.05', kind: 'change' as const }];
    const notes = { ...scene().notes, marks, above: '↑ peak 2.31', diverged: { step: 40, text: 'NaN' } };
    const one = scene({ lines: [line('train', [1, 0.9, 0.8, 0.7, 0.6, 0.5])], notes, width: 600 });
    const labels = noteLabels(one, mappingOf(one), []);
    expect(labels).toHaveLength(3);
    for (const { y } of labels) {
      expect(y + 5.5).toBeLessThan(0);
      expect(y - 5.5).toBeGreaterThanOrEqual(-marginsOf(one).t);
    }
    const words = named(seriesFigure(one).data as Trace[], 'labels');
    expect(words.textposition).toEqual(expect.arrayContaining(['top right', 'top left']));
    expect(Math.max(...words.y)).toBe(1);
  });

  it('lets names go before notes where both want one place', () => {
    const one = scene({ notes: { ...scene().notes, below: '↓ low 0.01' } });
    const { width, height } = mappingOf(one);
    const name = { text: 'train', x: width, y: height - 8, anchor: 'right', colour: '#000', isStrong: true } as const;
    expect(noteLabels(one, mappingOf(one), [])).toHaveLength(1);
    expect(noteLabels(one, mappingOf(one), [name])).toHaveLength(0);
  });
});

describe('the summary', () => {
  it('says value and trend of each line', () => {
    const falling = steps(100).map((step) => 1 / step);
    const text = seriesSummary(LOSS, [line('train', falling), line('validation', steps(20))], 10);
    expect(text).toBe('Training loss 0.010 and falling, validation loss 20.000 and rising. Step 100, epoch 10.');
    expect(seriesSummary(ACCURACY, [line('train', [0.5, 0.5, 0.5])], 0)).toBe(
      'Training accuracy 50.0 percent and steady. Step 3.',
    );
  });
});

describe('the axis in words', () => {
  it('has its unit and its ends', () => {
    expect(axisWords({ x: [0, 1840], stepsPerUnit: 1 })).toBe('steps 0 to 1\u202f840');
    expect(axisWords({ x: [11.5, 46], stepsPerUnit: 23 })).toBe('epochs 0.5 to 2');
  });
});
