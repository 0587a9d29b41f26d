import { encode } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunSpec, RunView } from '../generated/schemas';
import { createPage } from '../stores/page';
import { RunRecord } from '../stores/record';
import type { Rest } from '../wire/rest';
import { changesBetween } from './changes';
import { nearestStep, stepBeside } from './records';
import { Travel } from './travel';

describe('records', () => {
  it('are found beside a step', () => {
    const steps = [0, 10, 20, 40];
    expect([0, 14, 16, 99].map((step) => nearestStep(steps, step))).toEqual([0, 10, 20, 40]);
    expect([10, 15, 40].map((step) => stepBeside(steps, step, 1))).toEqual([20, 20, null]);
    expect([0, 15, 99].map((step) => stepBeside(steps, step, -1))).toEqual([0, 10, 40]);
    expect(stepBeside([], 7, -1)).toBe(6);
  });
});

describe('travel', () => {
  const recorded: Record<string, number[]> = { weights: [0, 10, 20, 30, 40], filters: [0, 25] };
  let asked: string[] = [];
  const rest = {
    recordedSteps: async (_run: string, probe: string) => recorded[probe] ?? [],
    frameAt: async (_run: string, probe: string, step: number) => {
      asked.push(`${probe} ${step}`);
      const at = recorded[probe]?.findLast((one) => one <= step);
      return at === undefined ? null : encode({ probe, step: at, data_shape: 'histogram', items: [] });
    },
  } as unknown as Rest;
  const page = createPage();
  let record = new RunRecord('r');
  let travel = new Travel(page, rest);

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    record = new RunRecord('r');
    record.setView({ id: 'r', status: 'running', step: 45, steps_per_epoch: 12 } as unknown as RunView);
    page.setState({ record, viewStep: null, isPeeking: false });
    travel = new Travel(page, rest);
    travel.watch(['weights', 'filters']);
  });
  afterEach(() => vi.useRealTimers());
  const settle = () => vi.advanceTimersByTimeAsync(500);

  it('fetches what is recorded at a step, once, and what lies beside it', async () => {
    travel.goTo(22);
    await settle();
    expect(page.getState().viewStep).toBe(22);
    expect(asked.slice(0, 2)).toEqual(['weights 22', 'filters 22']);
    expect(['weights', 'filters'].map((probe) => record.frames.newest(probe)?.step)).toEqual([20, 0]);
    expect(asked).toContain('weights 30');
    const before = asked.length;
    travel.goTo(20);
    await settle();
    expect(asked.slice(before).filter((call) => call === 'weights 20')).toEqual([]);
  });

  it('does not ask for what was never recorded', async () => {
    travel.watch(['weights', 'attention_maps']);
    await travel.readSteps();
    travel.goTo(22);
    await settle();
    expect(asked.filter((call) => call.startsWith('attention_maps'))).toEqual([]);
    expect(record.frames.lacks('attention_maps', 22)).toBe(true);
  });

  it('goes by records, by epochs, and back to the present', async () => {
    await travel.move(-1);
    expect(page.getState().viewStep).toBe(40);
    await travel.move(-1);
    expect(page.getState().viewStep).toBe(30);
    travel.moveEpoch(-1);
    expect(page.getState().viewStep).toBe(24);
    travel.moveEpoch(1);
    expect(page.getState().viewStep).toBe(36);
    await travel.move(1);
    await travel.move(1);
    expect(page.getState().viewStep).toBeNull();
    travel.goTo(44, { snaps: true });
    expect(page.getState().viewStep).toBe(40);
    travel.goTo(1000);
    expect(page.getState().viewStep).toBeNull();
  });

  it('lets one peek at the present', () => {
    record.frames.push({ probe: 'weights', step: 45, data_shape: 'histogram', items: [] } as never);
    travel.goTo(10);
    expect(record.frames.newest('weights')).toBeUndefined();
    page.setState({ isPeeking: true });
    expect(record.frames.newest('weights')?.step).toBe(45);
    page.setState({ isPeeking: false });
    expect(record.frames.newest('weights')).toBeUndefined();
  });

  it('is over with the run', () => {
    travel.goTo(10);
    page.setState({ record: new RunRecord('other') });
    expect(page.getState().viewStep).toBeNull();
  });
});

describe('changes between two specs', () => {
  const spec = (change: object): RunSpec =>
    ({
      name: 'A',
      tags: [],
      data: { dataset: 'digits', batch_size: 64 },
      graph: [
        { kind: 'linear', out_features: 3 },
        { kind: 'dropout', p: 0.3 },
      ],
      init: { scheme: 'zeros' },
      loss: null,
      optimizer: { kind: 'sgd', lr: 0.1, momentum: 0.9 },
      schedule: { kind: 'constant' },
      regularization: { l1: 0, l2: 0 },
      training: { epochs: 5 },
      ...change,
    }) as unknown as RunSpec;

  it.each([
    [{}, {}],
    [{ optimizer: { kind: 'sgd', lr: 0.2, momentum: 0.9 } }, { 'optimizer.lr': 0.2 }],
    [{ optimizer: { kind: 'adam' } }, { optimizer: { kind: 'adam' } }],
    [{ optimizer: { kind: 'sgd', lr: 0.1 } }, { optimizer: { kind: 'sgd', lr: 0.1 } }],
    [{ data: { dataset: 'digits', batch_size: 32 } }, { 'data.batch_size': 32 }],
    [
      { training: { epochs: 9 }, name: 'B' },
      { name: 'B', 'training.epochs': 9 },
    ],
    [
      {
        graph: [
          { kind: 'linear', out_features: 3 },
          { kind: 'dropout', p: 0.5 },
        ],
      },
      { 'graph.1.p': 0.5 },
    ],
    [{ graph: [{ kind: 'linear', out_features: 3 }] }, { graph: [{ kind: 'linear', out_features: 3 }] }],
    [{ loss: { kind: 'hinge' } }, { loss: { kind: 'hinge' } }],
  ])('are paths and values: %o', (change, expected) => {
    expect(changesBetween(spec({}), spec(change))).toEqual(expected);
  });
});
