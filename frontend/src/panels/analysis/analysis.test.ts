import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../forms/schema';
import type { Kind } from '../../generated/schemas';
import { AnalysisStore, type Asked } from '../../stores/analyses';
import type { DecodedFrame } from '../../words/frames';
import type { PanelProps } from '../props';
import { shownAnalysis } from './shown';
import { changedParams, isDue, PARAMS, pauseOf, valuesOf, wishOf, withParam } from './wish';
import { progressText } from './words';

const kind = (details: Record<string, unknown> = {}): Kind =>
  ({
    kind: 'spread',
    family: 'analysis',
    title: 'Spread',
    details,
    fields: {
      properties: {
        passes: { type: 'integer', default: 50, description: 'Passes.' },
        part: { enum: ['train', 'validation'], default: 'train', description: 'Part.' },
      },
    },
  }) as unknown as Kind;
const frame = (step: number): DecodedFrame => ({ probe: 'spread', step }) as unknown as DecodedFrame;
const props = (step: number, more: Partial<PanelProps> = {}): PanelProps =>
  ({ record: { progress: { step } }, viewStep: null, sample: 3, ...more }) as unknown as PanelProps;
const idle = new AnalysisStore().of('spread');
const done = (step: number, more: Partial<Asked> = {}): Asked => ({
  ...idle,
  status: 'done',
  wish: wishOf(kind(), props(step), {}),
  frame: frame(step),
  seconds: 0.1,
  ...more,
});

describe('the fields of an analysis', () => {
  const fields = fieldsOf(kind());

  it('are kept where they differ from their defaults', () => {
    const text = withParam(fields, {}, 'passes', 20);
    expect(changedParams({ [PARAMS]: text })).toEqual({ passes: 20 });
    expect(valuesOf(fields, changedParams({ [PARAMS]: text }))).toEqual({ passes: 20, part: 'train' });
    expect(withParam(fields, { [PARAMS]: text }, 'passes', 50)).toBe('');
    expect(changedParams({ [PARAMS]: '[broken' })).toEqual({});
  });

  it('go into the wish, with step and sample where they count', () => {
    const options = { [PARAMS]: JSON.stringify({ passes: 9, gone: 1 }) };
    expect(wishOf(kind(), props(5), options)).toEqual({
      kind: 'spread',
      params: { passes: 9 },
      atStep: null,
      sample: null,
    });
    const wish = wishOf(kind({ shows_sample: true }), props(5, { viewStep: 2 }), {});
    expect([wish.atStep, wish.sample]).toEqual([2, 3]);
    expect(wishOf(kind({ reads_state: false }), props(5, { viewStep: 2 }), {}).atStep).toBeNull();
  });
});

describe('who asks by itself', () => {
  const quick = kind({ is_quick: true });

  it('is what is quick, at first and when a field, the sample or the viewed step is another', () => {
    expect(isDue(quick, props(0), {}, idle)).toBe(true);
    expect(isDue(kind(), props(0), {}, idle)).toBe(false);
    expect(isDue(quick, props(5), {}, done(5))).toBe(false);
    expect(isDue(quick, props(5), { [PARAMS]: '{"passes":2}' }, done(5))).toBe(true);
    expect(isDue(quick, props(5, { viewStep: 1 }), {}, done(5))).toBe(true);
    expect(isDue(kind(), props(5, { viewStep: 1 }), {}, done(5))).toBe(false);
  });

  it('follows the training where that is on', () => {
    expect(isDue(quick, props(9), {}, done(5))).toBe(true);
    expect(isDue(quick, props(9), { follow: 'off' }, done(5))).toBe(false);
    expect(isDue(kind(), props(9), {}, done(5))).toBe(false);
    expect(isDue(kind(), props(9), { follow: 'on' }, done(5))).toBe(true);
    expect(isDue(kind({ reads_state: false }), props(9), { follow: 'on' }, done(5))).toBe(false);
  });

  it('does not ask again for what was refused, and pauses longer after what was dear', () => {
    const refused = done(5, { status: 'failed', frame: null });
    expect(isDue(quick, props(9), {}, refused)).toBe(false);
    expect(isDue(quick, props(5), { [PARAMS]: '{"passes":2}' }, { ...refused, isInapplicable: true })).toBe(false);
    expect(pauseOf(done(5))).toBe(1000);
    expect(pauseOf(done(5, { seconds: 2 }))).toBe(8000);
  });
});

describe('what is shown', () => {
  const record = (steps: readonly number[]) => ({
    progress: { step: 100 },
    frames: { newest: () => frame(steps.at(-1) as number), history: () => steps.map(frame) },
  });

  it('is our own result, or what somebody else asked for, at the viewed step or before it', () => {
    const store = new AnalysisStore();
    store.begin('r');
    const analyses = { store, ask: () => undefined, cancel: () => undefined };
    const at = (viewStep: number | null) =>
      shownAnalysis({ record: record([10, 20]), viewStep, analyses } as unknown as PanelProps, 'spread')?.step ?? null;
    expect(at(null)).toBe(20);
    store.set('spread', { frame: frame(15) });
    expect(at(null)).toBe(15);
    expect([at(25), at(17), at(12), at(3)]).toEqual([20, 15, 10, null]);
  });

  it('is forgotten with the run', () => {
    const store = new AnalysisStore();
    store.begin('r');
    store.set('spread', { frame: frame(1) });
    store.begin('other');
    expect(store.of('spread').frame).toBeNull();
  });
});

describe('progress in words', () => {
  it('tells the share at once, and what is left as soon as that is known', () => {
    const running: Asked = { ...idle, status: 'running', progress: 0.25, beganAt: 0 };
    expect(progressText({ ...idle, status: 'waiting' }, 0)).toBe('waiting …');
    expect(progressText(running, 500)).toBe('25\u00a0%');
    expect(progressText(running, 4000)).toBe('25\u00a0% · 12\u00a0s left');
    expect(progressText(running, 600_000)).toBe('25\u00a0% · 30\u00a0min left');
  });
});
