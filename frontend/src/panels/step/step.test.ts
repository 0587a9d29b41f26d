import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../stores/record';
import type { DecodedFrame, StepItem } from '../../words/frames';
import type { Scene } from '../drawing';
import { array } from '../gallery/samples';
import { stackOf } from './picture';
import { StepDrawing } from './StepDrawing';
import { headOf, nodeOf, numberOf, restOf, shapesOf, startOf } from './walk';

/** It refuses the document of a test, which is in quirks mode. */
vi.mock('katex', () => ({
  default: {
    render: (tex: string, element: HTMLElement) => {
      element.textContent = tex;
    },
  },
}));

const item = (phase: StepItem['phase'], node: string, parts: Partial<StepItem> = {}): StepItem => ({
  phase,
  node,
  title: 'Linear · unit 3 of 16',
  formula: null,
  input_shapes: [[2]],
  output_shape: [16],
  columns: [],
  terms: [],
  num_terms: 0,
  rest: null,
  values: [],
  output: null,
  chosen: null,
  samples: [],
  note: null,
  ...parts,
});
const ITEMS = [
  item('batch', 'input', { title: '16 samples', input_shapes: [], output_shape: [2], samples: [4, 9] }),
  item('forward', 'fc1', {
    columns: ['w', 'x', 'w x'],
    terms: [{ name: 'input 1', numbers: [0.5, -2, -1] }],
    num_terms: 2,
    rest: 0.25,
    values: [{ symbol: 'z', value: -0.75, text: 'output of the unit' }],
  }),
  item('loss', 'loss', { title: 'CrossEntropyLoss' }),
  item('backward', 'fc1', { values: [{ symbol: 'g', value: null, text: '' }] }),
  item('update', 'fc1', { title: 'fc1.weight [2, 0] · SGD' }),
];

describe('the words of a walk', () => {
  it('says where it is, and what goes in and out', () => {
    expect(ITEMS.map(headOf)).toEqual([
      '16 samples',
      'fc1 · Linear · unit 3 of 16',
      'CrossEntropyLoss',
      'fc1 · Linear · unit 3 of 16',
      'fc1.weight [2, 0] · SGD',
    ]);
    expect(ITEMS.map(shapesOf)).toEqual(['2', '2 → 16', '2 → 16', '2 ← 16', '2 → 16']);
    expect(ITEMS.map(nodeOf)).toEqual([null, 'fc1', null, 'fc1', 'fc1']);
    expect(startOf(ITEMS, 'backward')).toBe(3);
  });

  it('writes numbers to six digits, and what is not listed as a sum', () => {
    expect([numberOf(0.1234567), numberOf(-2), numberOf(null)]).toEqual(['0.123457', '−2', '–']);
    expect(restOf(ITEMS[1] as StepItem)).toBe('and 1 more: 0.25');
    expect(restOf(ITEMS[0] as StepItem)).toBe('');
  });

  it('takes maps as images and units as cells', () => {
    expect(stackOf(array([1, 2, 3, 4, 5, 6], 3, 2, 1)).shape).toEqual([3, 1, 2, 1]);
    expect(stackOf(array([1, 2, 3])).shape).toEqual([3, 1, 1, 1]);
    expect(stackOf(array([1, 2, 3, 4, 5, 6], 2, 3)).shape).toEqual([1, 1, 2, 3]);
  });
});

describe('the panel', () => {
  afterEach(() => vi.useRealTimers());
  const open = (step = 7, runStep = step) => {
    const frame = {
      run: 'r',
      probe: 'slow_motion',
      data_shape: 'step',
      step,
      split: 'train',
      mode: 'train',
      items: ITEMS,
    };
    const onAction = vi.fn();
    const onNode = vi.fn();
    const record = { progress: { step: runStep } } as unknown as RunRecord;
    const scene = {
      props: { record, onAction, onNode, viewStep: null },
      frame: frame as unknown as DecodedFrame,
      options: {},
      size: 'M',
      width: 320,
    } as unknown as Scene;
    const host = document.createElement('div');
    document.body.replaceChildren(host);
    const drawing: StepDrawing = new StepDrawing(host, () => drawing.draw(scene));
    const result = drawing.draw(scene);
    const press = (name: string) =>
      [...host.querySelectorAll('button')]
        .find((one) => (one.getAttribute('aria-label') ?? one.textContent) === name)
        ?.click();
    return { host, drawing, scene, result, press, onAction, onNode };
  };

  it('goes from phase to phase, and the network points at the layer', () => {
    const { host, press, onNode, drawing, scene, result } = open();
    expect(result.summary).toContain('Step 8, phase 1 of 5: Batch');
    expect(host.textContent).toContain('Samples 4, 9.');
    press('Next');
    expect(host.dataset).toMatchObject({ phase: 'forward', node: 'fc1' });
    expect(onNode).toHaveBeenLastCalledWith('fc1');
    expect(host.querySelector('.step-terms')?.textContent).toContain('−2');
    expect(host.querySelector('.step-values')?.textContent).toContain('−0.75');
    expect(drawing.draw(scene).digest).not.toBe(result.digest);
    press('Loss');
    expect(onNode).toHaveBeenLastCalledWith(null);
    host.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    expect(host.dataset.phase).toBe('backward');
    expect(host.querySelector('.step-values')?.textContent).toContain('–');
  });

  it('plays by itself to the end', () => {
    vi.useFakeTimers();
    const { host, press } = open();
    press('Play the walk');
    vi.advanceTimersByTime(2500);
    expect(host.dataset.phase).toBe('forward');
    vi.advanceTimersByTime(10_000);
    expect(host.dataset.phase).toBe('update');
    expect(host.querySelector('[aria-label="Play the walk"]')).not.toBeNull();
  });

  it('has the run take the step, where it stands before it', () => {
    const { press, onAction } = open();
    press('Take step 8');
    expect(onAction).toHaveBeenCalledWith({ type: 'step' });
    const later = open(7, 9);
    expect(later.host.querySelector<HTMLButtonElement>('.step-take')?.hidden).toBe(true);
    expect(later.drawing.table(later.scene).rows[0]).toEqual([
      'forward',
      'fc1 · Linear · unit 3 of 16',
      'w, x, w x of input 1',
      '0.5 -2 -1',
    ]);
  });
});
