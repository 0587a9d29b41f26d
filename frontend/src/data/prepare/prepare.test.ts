import { describe, expect, it } from 'vitest';
import type { NodeSpec, RunSpec } from '../../generated/schemas';
import { bagOfWords, encodingOf, oneHot, withEncoding } from './encodings';
import { METHODS, withMethod } from './methods';

const spec = (...graph: object[]): RunSpec =>
  ({ data: { dataset: 'copy', preprocess: 'none' }, graph: graph as NodeSpec[] }) as unknown as RunSpec;

describe('preprocessing', () => {
  it('is chosen by one edit that leaves the rest', () => {
    const before = spec({ kind: 'linear' });
    expect(withMethod(before, 'whiten')).toEqual({ ...before, data: { dataset: 'copy', preprocess: 'whiten' } });
    expect(new Set(METHODS.map(({ value }) => value)).size).toBe(METHODS.length);
  });
});

describe('the encoding of tokens', () => {
  it('is put in the place of the one that is there, with its name and its wires', () => {
    const before = spec({ kind: 'embedding', id: 'read', inputs: ['input'], embedding_dim: 4 }, { kind: 'flatten' });
    const after = withEncoding(before, 'one_hot');
    expect(after.graph).toEqual([{ kind: 'one_hot', id: 'read', inputs: ['input'] }, { kind: 'flatten' }]);
    expect([encodingOf(before.graph), encodingOf(after.graph)]).toEqual(['embedding', 'one_hot']);
    expect(withEncoding(after, 'embedding').graph[0]).toMatchObject({ id: 'read', embedding_dim: 16 });
  });

  it('comes before all layers where there is none', () => {
    const after = withEncoding(spec({ kind: 'linear' }), 'bag_of_words');
    expect(after.graph.map(({ kind }) => kind)).toEqual(['bag_of_words', 'linear']);
    expect(encodingOf(spec({ kind: 'linear' }).graph)).toBeNull();
  });

  it('changes nothing where it is already so', () => {
    const before = spec({ kind: 'one_hot' });
    expect(withEncoding(before, 'one_hot')).toBe(before);
  });

  it('is a 1 a step, or counts without order and padding', () => {
    expect([...oneHot([2, 0], 3)]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...bagOfWords([2, 0, 2, 1, 1], 3, 1)]).toEqual([1, 0, 2]);
    expect(bagOfWords([1, 2, 0], 3, null)).toEqual(bagOfWords([0, 1, 2], 3, null));
  });
});
