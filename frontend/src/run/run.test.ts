import { describe, expect, it } from 'vitest';
import { withDataset } from '../data/edits';
import { answerOf, onPlane } from '../data/Samples';
import { flatNumbers, onOneLine } from '../data/values';
import type { Field } from '../forms/schema';
import type { DatasetPreview, KindSpec } from '../generated/schemas';
import type { Mark } from '../stores/record';
import { fieldValue, numChanged, withKind } from './edits';
import { nextSpeed, statusWord } from './status';
import { apart, placeMarks, ticks } from './ticks';

describe('the timeline', () => {
  it('counts epochs, with words where there is room', () => {
    const all = ticks(2500, 125, 640);
    expect(all.map((tick) => tick.step)).toEqual(Array.from({ length: 21 }, (_, index) => index * 125));
    expect(all.filter((tick) => tick.label).map((tick) => tick.label)).toEqual(['epoch 0', '5', '10', '15', '20']);
  });

  it('counts steps where there is not even a second epoch', () => {
    const all = ticks(30, 100, 600);
    expect(all[0]?.label).toBe('step 0');
    expect(all.at(-1)?.step).toBeLessThanOrEqual(30);
  });

  it('has nothing to count without a plan', () => expect(ticks(0, 10, 600)).toEqual([]));

  const mark = (step: number, kind: Mark['kind'], text = ''): Mark => ({ step, kind, text });
  const placed = (...marks: Mark[]) =>
    placeMarks(marks, (step) => step, 600).map(({ step, kind, word }) => [step, kind, word]);

  it('writes words only where they do not touch the next mark', () => {
    expect(
      placed(mark(10, 'change', 'rate 0.1 → 0.05'), mark(40, 'change', 'momentum 0'), mark(300, 'change', 'p 0.3')),
    ).toEqual([
      [10, 'change', null],
      [40, 'change', 'momentum 0'],
      [300, 'change', 'p 0.3'],
    ]);
  });

  it('shows of several changes on one spot the last, and no checkpoint under a change', () => {
    expect(
      placed(
        mark(10, 'change', 'a'),
        mark(11, 'change', 'b'),
        mark(12, 'checkpoint'),
        mark(90, 'checkpoint'),
        mark(95, 'checkpoint'),
      ),
    ).toEqual([
      [11, 'change', 'b'],
      [95, 'checkpoint', null],
    ]);
    expect(placed(mark(5, 'status', 'paused'))).toEqual([]);
  });

  it('has checkpoints where they do not touch, the newest always', () => {
    // From the right: 44, then 18 (26 away), then 5 (13 away); 0 would touch it.
    expect(apart([0, 5, 10, 18, 40, 44], (step) => step)).toEqual([5, 18, 44]);
    expect(apart([], (step) => step)).toEqual([]);
  });
});

describe('speeds', () => {
  it('go down from full speed, and up to it again', () => {
    expect(nextSpeed(null, -1)).toBe(300);
    expect(nextSpeed(10, -1)).toBe(3);
    expect(nextSpeed(1, -1)).toBe(1);
    expect(nextSpeed(300, 1)).toBeNull();
    expect(nextSpeed(null, 1)).toBeNull();
    expect(nextSpeed(50, 1)).toBe(100);
  });
});

describe('the state of a run', () => {
  it('is ready before its first step', () => {
    const at = (status: string, step: number) => statusWord({ status, step } as never);
    expect([at('paused', 0), at('paused', 3), at('running', 3), statusWord(undefined)]).toEqual([
      'Ready',
      'Paused',
      'Live',
      'No run',
    ]);
  });
});

describe('a run that waits for its program', () => {
  it('says so', () => {
    expect(statusWord({ status: 'running', step: 0, reason: 'Compiling the steps.' } as never)).toBe('Compiling');
    expect(statusWord({ status: 'completed', step: 9, reason: 'All 9 steps are done.' } as never)).toBe('Completed');
  });
});

describe('edits', () => {
  const field = (name: string, initial: unknown) => ({ name, initial }) as Field;
  it('read what is written, or the default', () => {
    expect(fieldValue({ lr: 0.1 }, field('lr', 0.05))).toBe(0.1);
    expect(fieldValue({}, field('lr', 0.05))).toBe(0.05);
    expect(numChanged({ lr: 0.05, betas: [0.9, 0.999] }, [field('lr', 0.05), field('betas', [0.9, 0.99])])).toBe(1);
  });

  it('start another kind from its own defaults', () => {
    expect(withKind({ kind: 'sgd', lr: 0.1, momentum: 0.9 } as KindSpec, 'adam')).toEqual({ kind: 'adam' });
    expect(withKind({ kind: 'sgd', lr: 0.1 } as KindSpec, 'adam', ['lr'])).toEqual({ kind: 'adam', lr: 0.1 });
  });

  it('start another dataset without the fields of the old one', () => {
    const spec = { data: { dataset: 'spiral', params: { noise: 1 }, subset: 5, augment: [], batch_size: 8 } } as never;
    expect(withDataset(spec, 'digits').data).toEqual({
      dataset: 'digits',
      params: {},
      oversample: false,
      subset: null,
      augment: [],
      batch_size: 8,
    });
  });
});

it('nested values are read in their order', () => expect(flatNumbers([[1, [2]], 3])).toEqual([1, 2, 3]));

describe('samples', () => {
  it('have their answer beside them, unless it is only the text one step later', () => {
    expect(answerOf({ text: 'abcd', label: 'dcba' })).toBe('dcba');
    expect(answerOf({ text: 'the cat', label: 'he cat ' })).toBeNull();
    expect(answerOf({ text: 'the cat ran', label: 'cat ran \n' })).toBeNull();
    expect(answerOf({ text: 'abcd', label: 'abcd' })).toBe('abcd');
    expect(answerOf({ text: null, label: '7' })).toBe('7');
  });

  it('stand in one line each, whatever their text holds', () => {
    expect(onOneLine('one\n\ttwo')).toBe('one↵⇥two');
  });

  it('of a line are raised to their target', () => {
    const sample = { index: 0, label: '0.5', text: null, values: [2] };
    const preview = { data: { input_shape: [1] }, class_counts: {}, samples: [sample], validation: [] };
    const raised = onPlane(preview as unknown as DatasetPreview);
    expect(raised.samples[0]?.values).toEqual([2, 1.5]);
    const plane = { ...preview, data: { input_shape: [2] } } as unknown as DatasetPreview;
    expect(onPlane(plane)).toBe(plane);
  });
});
