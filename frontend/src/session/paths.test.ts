import { describe, expect, it } from 'vitest';
import { complete } from './complete';
import { withPath } from './paths';

const spec = complete({
  data: { dataset: 'moons' },
  graph: [
    { kind: 'dropout', p: 0.1 },
    { kind: 'linear', out_features: 2 },
    { kind: 'dropout', p: 0.2 },
  ],
});
const names = ['dropout_1', 'linear_1', 'dropout_2'];
const at = (path: string, value: unknown) => withPath(spec, path, value, (index) => names[index] ?? '');
const ps = (graph: readonly object[] | undefined) => graph?.map((node) => (node as { p?: number }).p);

describe('a change that came from elsewhere', () => {
  it('is put where its path says', () => {
    expect(at('optimizer.lr', 0.5)?.optimizer).toMatchObject({ kind: 'adam', lr: 0.5 });
    expect(at('optimizer.kind', 'sgd')?.optimizer).toEqual({ kind: 'sgd' });
    expect(at('data.batch_size', 8)?.data.batch_size).toBe(8);
    expect(at('training.max_steps_per_second', null)?.training.max_steps_per_second).toBeNull();
    expect(ps(at('dropout', 0.7)?.graph)).toEqual([0.7, undefined, 0.7]);
    expect(ps(at('nodes.dropout_2.p', 0.7)?.graph)).toEqual([0.1, undefined, 0.7]);
  });

  it('is passed over where it names nothing', () => {
    expect(at('nodes.nowhere.p', 0.7)).toBeNull();
    expect(at('elsewhere', 1)).toBeNull();
  });
});
