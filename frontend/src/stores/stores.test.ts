import { describe, expect, it } from 'vitest';
import type { Diagnosis, RunView, Series, ServerMessage } from '../generated/schemas';
import { CurveStore } from './curves';
import { inOrder } from './diagnoses';
import { asShape, type DecodedFrame, FrameStore } from './frames';
import { RunRecord } from './record';

const series = (steps: number[], values: (number | null)[]): Series => ({
  steps,
  values,
  non_finite: {},
  thinned_from: null,
  means: [],
});
const frame = (step: number, probe = 'activations'): DecodedFrame =>
  ({ probe, step, data_shape: 'histogram', items: [] }) as unknown as DecodedFrame;

/** Runs what is due when the test says so. */
function clock(): { schedule: (run: () => void) => void; tick: () => void } {
  let due: (() => void)[] = [];
  const tick = (): void => {
    const now = due;
    due = [];
    for (const run of now) run();
  };
  return { schedule: (run) => due.push(run), tick };
}

describe('CurveStore', () => {
  it('grows past its first buffer and keeps every point', () => {
    const curves = new CurveStore();
    const steps = Array.from({ length: 5000 }, (_, i) => i + 1);
    for (let i = 0; i < steps.length; i += 7) {
      const part = steps.slice(i, i + 7);
      curves.append({ 'train/loss': series(part, part) });
    }
    const curve = curves.get('train/loss');
    expect(curve?.length).toBe(5000);
    expect([...(curve?.values ?? [])]).toEqual(steps);
  });

  it('passes over points that it has, and reads null as NaN', () => {
    const curves = new CurveStore();
    curves.append({ a: series([1, 2], [0.5, null]) });
    curves.append({ a: series([2, 3], [9, 0.25]) });
    expect([...(curves.get('a')?.steps ?? [])]).toEqual([1, 2, 3]);
    expect([...(curves.get('a')?.values ?? [])]).toEqual([0.5, Number.NaN, 0.25]);
  });

  it('tells listeners once a frame', () => {
    const { schedule, tick } = clock();
    const curves = new CurveStore(schedule);
    let told = 0;
    curves.subscribe(() => {
      told += 1;
    });
    curves.append({ a: series([1], [1]) });
    curves.append({ a: series([2], [1]) });
    expect(told).toBe(0);
    tick();
    expect(told).toBe(1);
  });
});

describe('FrameStore', () => {
  it('keeps the newest and at most 120 spread over the whole run', () => {
    const frames = new FrameStore();
    for (let step = 0; step < 1000; step += 1) frames.push(frame(step));
    const steps = frames.history('activations').map((one) => one.step);
    expect(frames.newest('activations')?.step).toBe(999);
    expect(steps.length).toBeLessThanOrEqual(120);
    expect(steps.length).toBeGreaterThan(60);
    expect(steps[0]).toBe(0);
    const gaps = steps.slice(1).map((step, i) => step - (steps[i] as number));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
  });

  it('puts recorded frames before the live ones', () => {
    const frames = new FrameStore();
    frames.push(frame(50));
    frames.recall('activations', [frame(0), frame(25), frame(50), frame(75)]);
    expect(frames.history('activations').map((one) => one.step)).toEqual([0, 25, 50]);
  });

  it('looks at a step of the past: the last frame that is not after it', () => {
    const frames = new FrameStore();
    for (const step of [10, 20, 30]) frames.push(frame(step));
    frames.look(25);
    expect(frames.newest('activations')?.step).toBe(20);
    frames.push(frame(40));
    expect(frames.newest('activations')?.step).toBe(20);
    frames.look(5);
    expect(frames.newest('activations')).toBeUndefined();
    frames.look(null);
    expect(frames.newest('activations')?.step).toBe(40);
  });

  it('knows for which steps it holds what is recorded', () => {
    const frames = new FrameStore();
    for (const step of [10, 20, 30]) frames.push(frame(step));
    expect([20, 25, 30, 99].map((step) => frames.holds('activations', step))).toEqual([true, false, true, true]);
    frames.keep('activations', 25, frame(23));
    expect([22, 23, 24, 25, 26].map((step) => frames.holds('activations', step))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(frames.at('activations', 25)?.step).toBe(23);
    frames.keep('weights', 7, null);
    expect([7, 3, 8].map((step) => frames.holds('weights', step))).toEqual([true, true, false]);
    expect(frames.at('weights', 7)).toBeUndefined();
    expect([3, 7, 8].map((step) => frames.lacks('weights', step))).toEqual([true, true, false]);
    expect(frames.lacks('activations', 25)).toBe(false);
  });

  it('keeps what was looked at while the history is thinned', () => {
    const frames = new FrameStore();
    for (let step = 0; step < 50; step += 1) frames.push(frame(step));
    expect(frames.holds('activations', 33)).toBe(true);
    for (let step = 50; step < 2000; step += 1) frames.push(frame(step));
    expect(frames.history('activations').some((one) => one.step === 33)).toBe(false);
    expect(frames.at('activations', 33)?.step).toBe(33);
  });

  it('gives a frame only as the shape it has', () => {
    expect(asShape(frame(1), 'histogram')?.step).toBe(1);
    expect(asShape(frame(1), 'matrix')).toBeUndefined();
  });
});

describe('RunRecord', () => {
  const at = { run: 'r', step: 1, time: '2026-01-01T00:00:00Z' };
  const snapshot = (seq: number): ServerMessage => ({
    type: 'snapshot',
    ...at,
    seq,
    view: { id: 'r', status: 'running' } as unknown as RunView,
    scalars: { 'train/loss': series([1], [2]) },
    events: [],
  });
  const scalars = (seq: number, step: number): ServerMessage => ({
    type: 'scalars',
    ...at,
    seq,
    scalars: { 'train/loss': series([step], [1]) },
  });

  it('reads each message once and tells when one is missing', () => {
    const record = new RunRecord('r');
    expect(record.apply(scalars(1, 1))).toBe(false);
    expect(record.apply(snapshot(4))).toBe(true);
    expect(record.apply(scalars(5, 2))).toBe(true);
    expect(record.apply(scalars(5, 2))).toBe(true);
    expect(record.apply(scalars(7, 4))).toBe(false);
    expect([...(record.curves.get('train/loss')?.steps ?? [])]).toEqual([1, 2]);
    expect(record.seq).toBe(5);
  });

  it('turns events into marks', () => {
    const record = new RunRecord('r');
    record.apply(snapshot(1));
    record.apply({
      type: 'event',
      ...at,
      seq: 2,
      event: {
        kind: 'change',
        step: 40,
        time: at.time,
        text: 'rate 0.1 → 0.05',
        path: 'optimizer.lr',
        before: 0.1,
        after: 0.05,
        diagnosis: null,
      },
    });
    expect(record.marks).toEqual([{ step: 40, text: 'rate 0.1 → 0.05', kind: 'change' }]);
  });

  const diagnosis = (kind: string, change: Partial<Diagnosis> = {}): Diagnosis => ({
    kind,
    severity: 'warning',
    step: 30,
    node: null,
    title: `${kind} since step 30.`,
    text: '',
    cause: '',
    remedies: [],
    lesson: null,
    is_over: false,
    ...change,
  });
  const told = (seq: number, one: Diagnosis): ServerMessage => ({
    type: 'event',
    ...at,
    seq,
    event: {
      kind: 'diagnosis',
      step: one.is_over ? 90 : one.step,
      time: at.time,
      text: one.title,
      path: null,
      before: null,
      after: null,
      diagnosis: one,
    },
  });

  it('keeps the newest word of each diagnosis, and marks where it began', () => {
    const record = new RunRecord('r');
    record.apply(snapshot(1));
    record.apply(told(2, diagnosis('dead_units')));
    record.apply(told(3, diagnosis('overfitting')));
    record.apply(told(4, diagnosis('dead_units', { severity: 'problem' })));
    record.apply(told(5, diagnosis('overfitting', { is_over: true })));
    expect(record.diagnoses.map((one) => [one.kind, one.severity, one.is_over])).toEqual([
      ['dead_units', 'problem', false],
      ['overfitting', 'warning', true],
    ]);
    expect(record.marks.map((mark) => [mark.step, mark.text])).toEqual([
      [30, 'overfitting'],
      [30, 'dead units'],
    ]);
  });

  it('puts the gravest first, and what is over last', () => {
    const found = [
      diagnosis('a', { severity: 'problem', is_over: true }),
      diagnosis('b', { severity: 'info' }),
      diagnosis('c', { step: 10 }),
      diagnosis('d', { step: 20 }),
      diagnosis('e', { severity: 'problem' }),
    ];
    expect(inOrder(found).map((one) => one.kind)).toEqual(['e', 'd', 'c', 'b', 'a']);
  });
});
