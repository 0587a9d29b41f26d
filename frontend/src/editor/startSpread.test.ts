import { describe, expect, it } from 'vitest';
import type { CheckResult, Kind, NodeSpec } from '../generated/schemas';
import { wordsOf } from './StartSpread';
import { behindStatistics, spreadsOf, warningOf } from './startSpread';

const check = {
  nodes: [
    { id: 'fc1', expected_std: 1 },
    { id: 'drop', expected_std: null },
    { id: 'fc2', expected_std: 0.5 },
  ],
} as unknown as CheckResult;

describe('the spread at the start', () => {
  it('joins theory and measurement by node, in the order of the network', () => {
    const measured = new Map([
      ['fc2', 0.49],
      ['fc1', 1.02],
    ]);
    expect(spreadsOf(check, measured, new Set(['fc2']))).toEqual([
      { node: 'fc1', expected: 1, measured: 1.02, modesDiffer: false },
      { node: 'fc2', expected: 0.5, measured: 0.49, modesDiffer: true },
    ]);
  });

  const chain = (...stds: number[]) =>
    stds.map((measured, index) => ({ node: `fc${index + 1}`, expected: null, measured, modesDiffer: false }));

  it('says when a signal dies or grows, and nothing when it gets through', () => {
    expect(warningOf(chain(1, 0.1, 0.001))).toBe('The signal dies on its way to fc3.');
    expect(warningOf(chain(1, 0))).toBe('The signal dies on its way to fc2.');
    expect(warningOf(chain(1, 30, 900))).toBe('The signal grows on its way to fc3.');
    expect(warningOf(chain(1, 0.8, 1.3))).toBeNull();
    expect(warningOf([])).toBeNull();
  });

  it('does not warn of what only eval mode shows, and says the modes', () => {
    const chained = chain(1, 0.1, 0.001).map((one, index) => ({ ...one, modesDiffer: index > 0 }));
    expect(warningOf(chained)).toBeNull();
    const one = { node: 'fc', expected: 1, measured: 0.25 };
    expect(wordsOf({ ...one, modesDiffer: false })).toBe('expected 1, measured 0.25');
    expect(wordsOf({ ...one, modesDiffer: true })).toBe('expected 1 in train mode, measured 0.25 in eval mode');
  });

  it('knows what stands behind running statistics', () => {
    const layer = (kind: string, properties: object) =>
      ({ family: 'layer', kind, aliases: [], fields: { properties } }) as unknown as Kind;
    const kinds = [
      layer('linear', {}),
      layer('batch_norm', { track_running_stats: { type: 'boolean', default: true } }),
      layer('residual', { norm: { enum: ['batch_norm', 'group_norm', 'none'], default: 'batch_norm' } }),
    ];
    const node = (id: string, kind: string, ...inputs: string[]) => ({ id, kind, inputs });
    const nodes = [
      node('fc', 'linear', 'input'),
      node('bn', 'batch_norm', 'fc'),
      node('behind', 'linear', 'bn'),
      node('beside', 'linear', 'fc'),
      node('res', 'residual', 'beside'),
      node('joined', 'linear', 'beside', 'behind'),
    ];
    const found = (graph: object[]) =>
      [...behindStatistics({ nodes } as unknown as CheckResult, graph as NodeSpec[], kinds)].join();
    expect(found([])).toBe('bn,behind,res,joined');
    expect(found([{ id: 'bn', kind: 'batch_norm', track_running_stats: false }])).toBe('res');
    expect(found([{ id: 'res', kind: 'residual', norm: 'group_norm' }])).toBe('bn,behind,joined');
  });
});
