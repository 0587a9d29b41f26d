import { describe, expect, it } from 'vitest';
import type { Remedy } from '../generated/schemas';
import { RunRecord } from '../stores/record';
import { complete } from './complete';
import { wayOf, withChanges } from './remedies';

const spec = complete({
  data: { dataset: 'moons' },
  graph: [
    { kind: 'linear', out_features: 8, init: { scheme: 'zeros' } },
    { kind: 'dropout', p: 0.1 },
    { kind: 'linear', out_features: 2 },
  ],
  optimizer: { kind: 'sgd', lr: 1 },
});

describe('the changes of a remedy', () => {
  it('go to their places, and nothing else moves', () => {
    const after = withChanges(spec, { 'optimizer.lr': 0.1, 'graph.1.p': 0.5 });
    expect(after.optimizer).toEqual({ kind: 'sgd', lr: 0.1 });
    expect(after.graph[1]).toEqual({ ...spec.graph[1], p: 0.5 });
    expect([after.graph[0], after.graph[2], after.data]).toEqual([spec.graph[0], spec.graph[2], spec.data]);
    expect(spec.optimizer).toEqual({ kind: 'sgd', lr: 1 });
  });

  it('take whole parts, and take out with null', () => {
    const after = withChanges(spec, {
      init: { scheme: 'xavier_normal' },
      'graph.0.init': null,
      'training.early_stopping': { patience: 5 },
    });
    expect(after.init).toEqual({ scheme: 'xavier_normal' });
    expect(after.graph[0]).not.toHaveProperty('init');
    expect(after.training.early_stopping).toEqual({ patience: 5 });
    expect(withChanges(spec, { graph: [{ kind: 'linear', out_features: 2 }] }).graph).toHaveLength(1);
  });
});

describe('the way of a remedy', () => {
  const remedy = (change: Partial<Remedy>): Remedy => ({
    label: '',
    changes: {},
    at_step: null,
    live: false,
    ...change,
  });
  const record = (status: RunRecord['progress']['status']): RunRecord => {
    const one = new RunRecord('r');
    one.progress = { ...one.progress, status };
    return one;
  };

  it('is live only while there is a run to change', () => {
    expect(wayOf(remedy({ live: true }), record('running'))).toBe('live');
    expect(wayOf(remedy({ live: true }), record('stopped'))).toBe('forks');
    expect(wayOf(remedy({ live: true }), record('completed'))).toBe('restarts');
    expect(wayOf(remedy({ at_step: 0 }), record('running'))).toBe('restarts');
    expect(wayOf(remedy({ at_step: 300 }), record('diverged'))).toBe('forks');
  });
});
