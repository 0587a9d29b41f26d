import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAddress } from './address';
import { canonical, isSame } from './canonical';
import { complete, DEFAULTS, NotASpec, shorten } from './complete';
import { difference } from './difference';

const bundle = JSON.parse(readFileSync(resolve(process.cwd(), '../shared_schemas/json/layerlab.json'), 'utf-8')) as {
  components: { schemas: Record<string, { properties: Record<string, { default?: unknown }> }> };
};
const defaultsOf = (schema: string, without: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(bundle.components.schemas[schema]?.properties ?? {})
      .filter(([name]) => !without.includes(name))
      .map(([name, property]) => [name, property.default ?? null]),
  );

describe('the defaults of a spec', () => {
  it.each([
    ['DataSpec', 'data', ['dataset']],
    ['RegularizationSpec', 'regularization', []],
    ['TrainingSpec', 'training', []],
  ] as const)('are those of %s', (schema, part, without) => {
    expect(DEFAULTS[part]).toEqual(defaultsOf(schema, without));
  });

  it('are those of RunSpec', () => {
    const { name, tags, loss } = DEFAULTS;
    expect(defaultsOf('RunSpec', [])).toMatchObject({ name, tags, loss });
  });
});

const short = { data: { dataset: 'digits' }, graph: [{ kind: 'linear', out_features: 10 }] };

describe('a spec', () => {
  it('is completed, and shortened to what was written', () => {
    const whole = complete(short);
    expect(whole.training.epochs).toBe(20);
    expect(shorten(whole)).toMatchObject({ data: { dataset: 'digits', batch_size: 64 }, graph: short.graph });
    expect(shorten(whole)).not.toHaveProperty('schedule');
    expect(isSame(complete(shorten(whole)), whole)).toBe(true);
  });

  it.each([
    [3, ''],
    [{ graph: [] }, 'data'],
    [{ data: { dataset: 'digits' }, graph: [] }, 'graph'],
    [{ data: { dataset: 'digits' }, graph: [{ kind: 'relu' }, 'relu'] }, 'graph.1'],
    [{ ...short, training: 5 }, 'training'],
  ])('that lacks what every spec has is refused with its place', (value, path) => {
    expect(() => complete(value)).toThrow(NotASpec);
    try {
      complete(value);
    } catch (error) {
      expect((error as NotASpec).path).toBe(path);
    }
  });

  it('differs by its meaning, not by its spelling', () => {
    expect(canonical({ b: 1, a: null })).toBe(canonical({ b: 1 }));
    const node = { kind: 'linear', out_features: 10, id: null, inputs: null, init: null };
    const same = difference(complete(short), complete({ ...short, graph: [node] }), String, () => false);
    expect(same).toEqual({ kind: 'none' });
  });

  it('with another field of a node starts anew, unless the field is live', () => {
    const after = complete({ ...short, graph: [{ kind: 'linear', out_features: 11 }] });
    expect(difference(complete(short), after, String, () => false).kind).toBe('restart');
    expect(
      difference(
        complete(short),
        after,
        () => 'linear_1',
        () => true,
      ),
    ).toEqual({
      kind: 'live',
      change: { nodes: { linear_1: { out_features: 11 } } },
    });
  });

  it('has another list of augmentations from the next batch on, whole as it is', () => {
    const before = complete({ ...short, data: { ...short.data, augment: [{ kind: 'rotate' }] } });
    const augment = [{ kind: 'rotate', degrees: 5 }, { kind: 'cutout' }];
    const after = complete({ ...short, data: { ...short.data, augment, batch_size: 8 } });
    expect(difference(before, after, String, () => false)).toEqual({
      kind: 'live',
      change: { data: { batch_size: 8, augment } },
    });
    const none = complete(short);
    expect(difference(before, none, String, () => false)).toEqual({ kind: 'live', change: { data: { augment: [] } } });
  });

  it('switches clipping and slow motion off by 0, which null cannot say', () => {
    const before = complete({
      ...short,
      regularization: { clip_grad_norm: 1 },
      training: { max_steps_per_second: 10 },
    });
    expect(difference(before, complete(short), String, () => false)).toEqual({
      kind: 'live',
      change: { regularization: { clip_grad_norm: 0 }, training: { max_steps_per_second: 0 } },
    });
  });
});

describe('the address', () => {
  it('asks for nothing that cannot be read', () => {
    expect(readAddress('')).toBeNull();
    expect(readAddress('#spec=%%%')).toBeNull();
    expect(readAddress('#run=abc')).toEqual({ run: 'abc' });
  });
});
