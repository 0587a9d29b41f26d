import { describe, expect, it } from 'vitest';
import type { NodeSpec } from '../generated/schemas';
import { dropoutSides, normSides } from './switches';

const GROUPS: Record<string, string> = {
  linear: 'weights',
  batch_norm: 'norm',
  relu: 'activation',
  dropout: 'regularisation',
};
const groupOf = (kind: string): string => GROUPS[kind] ?? '';
const graph = (...nodes: (string | Record<string, unknown>)[]): NodeSpec[] =>
  nodes.map((node) => (typeof node === 'string' ? { kind: node } : node)) as unknown as NodeSpec[];
const kinds = (nodes: readonly NodeSpec[]): string => nodes.map((node) => node.kind).join(' ');

const USUAL = graph('linear', 'batch_norm', 'relu', 'linear', 'batch_norm', 'relu', 'linear');

describe('the side of norms', () => {
  const { read, write } = normSides(groupOf);

  it('is changed everywhere, and back again', () => {
    expect(read(USUAL)).toBe('before');
    const after = write(USUAL, 'after');
    expect(kinds(after)).toBe('linear relu batch_norm linear relu batch_norm linear');
    expect(read(after)).toBe('after');
    expect(write(after, 'before')).toEqual(USUAL);
  });

  it('keeps wires that skip, and names', () => {
    const skipping = graph(
      { id: 'a', kind: 'linear' },
      { id: 'n', kind: 'batch_norm' },
      { id: 'r', kind: 'relu' },
      { id: 'b', kind: 'linear' },
      { kind: 'add', inputs: ['r', 'b'] },
    );
    const after = write(skipping, 'after');
    expect(after.map((node) => node.id)).toEqual(['a', 'r', 'n', 'b', undefined]);
    expect(after[4]?.inputs).toEqual(['n', 'b']);
    expect(write(after, 'before')).toEqual(skipping);
  });

  it('is no question without both', () => {
    expect(read(graph('linear', 'relu', 'linear'))).toBe('none');
    expect(read([...USUAL.slice(0, 3), ...graph('linear', 'relu', 'batch_norm')])).toBeNull();
  });
});

describe('the side of dropout', () => {
  const { read, write } = dropoutSides(groupOf);
  const behind = graph('linear', 'batch_norm', 'relu', { kind: 'dropout', p: 0.3 }, 'linear');

  it('goes by the norm of its own block', () => {
    expect(read(behind)).toBe('after');
    expect(read(graph('linear', 'batch_norm', 'relu', 'linear', 'relu', 'dropout', 'linear'))).toBe('none');
  });

  it('is changed, and back again', () => {
    const before = write(behind, 'before');
    expect(kinds(before)).toBe('linear dropout batch_norm relu linear');
    expect(before[1]).toMatchObject({ p: 0.3 });
    expect(read(before)).toBe('before');
    expect(write(before, 'after')).toEqual(behind);
  });
});
