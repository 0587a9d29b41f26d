import { describe, expect, it } from 'vitest';
import type { Kind, KindSpec } from '../../../generated/schemas';
import { added, chanceOf, changed, groupsFor, moved, removed, switched } from './list';

const kind = (name: string, group: string, takes: string[], p = 0.5): Kind =>
  ({
    kind: name,
    family: 'augmentation',
    group,
    aliases: [],
    example: { kind: name, strength: 2 },
    details: { takes },
    fields: { properties: { p: { type: 'number', default: p } } },
  }) as unknown as Kind;

const KINDS = [
  kind('mixup', 'Mixing', ['image', 'video'], 1),
  kind('reverse', 'Time', ['video']),
  kind('rotate', 'Geometry', ['image', 'video'], 1),
  kind('odd', 'Something else', ['image']),
  kind('flip', 'Geometry', ['image']),
];
const list = ['a', 'b', 'c'].map((name) => ({ kind: name }) as KindSpec);
const names = (found: readonly KindSpec[]): string => found.map((one) => one.kind).join('');

describe('the list of augmentations', () => {
  it('grows at the end by the example of a kind', () => {
    expect(added(list, KINDS[2] as Kind)[3]).toEqual({ kind: 'rotate', strength: 2 });
  });

  it('is put in another order, never beyond its ends', () => {
    expect(names(moved(list, 0, 2))).toBe('bca');
    expect(names(moved(list, 2, 0))).toBe('cab');
    expect(names(moved(list, 1, 1))).toBe('abc');
    expect(names(moved(list, 0, -1))).toBe('abc');
    expect(names(moved(list, 1, 9))).toBe('acb');
    expect(names(removed(list, 1))).toBe('ac');
  });

  it('is switched off by a chance of 0 and on again to what it was', () => {
    const one = [{ kind: 'flip', p: 0.3 } as unknown as KindSpec];
    const off = switched(one, 0, false, 0.3);
    expect(chanceOf(off[0] as KindSpec, KINDS)).toBe(0);
    expect(switched(off, 0, true, 0.3)).toEqual(one);
    // Nothing is known of before, as after a reload: then the default of the kind.
    const on = switched(off, 0, true, undefined);
    expect(on).toEqual([{ kind: 'flip' }]);
    expect(chanceOf(on[0] as KindSpec, KINDS)).toBe(0.5);
  });

  it('changes one field of one of them', () => {
    expect(changed(list, 1, 'p', 0.2)).toEqual([{ kind: 'a' }, { kind: 'b', p: 0.2 }, { kind: 'c' }]);
  });
});

describe('what can be added', () => {
  it('is what takes such inputs, by group, unknown groups last', () => {
    const groups = (inputs: string) =>
      groupsFor(KINDS, inputs).map(([group, kinds]) => [group, kinds.map((k) => k.kind)]);
    expect(groups('image')).toEqual([
      ['Geometry', ['rotate', 'flip']],
      ['Mixing', ['mixup']],
      ['Something else', ['odd']],
    ]);
    expect(groups('video')).toEqual([
      ['Geometry', ['rotate']],
      ['Time', ['reverse']],
      ['Mixing', ['mixup']],
    ]);
    expect(groups('points')).toEqual([]);
  });
});
