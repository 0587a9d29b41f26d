/** Edits of the list of augmentations, as plain functions. The order is that in which they act. */
import { fieldsOf, findKind } from '../../../forms/schema';
import type { Kind, KindSpec, RunSpec } from '../../../generated/schemas';
import { fieldOf, withField } from '../../edits';

export type List = readonly KindSpec[];

export const listOf = (spec: RunSpec): List => spec.data.augment;

export const withList = (spec: RunSpec, list: List): RunSpec => ({
  ...spec,
  data: { ...spec.data, augment: [...list] },
});

/** With one more at the end, as the example of its kind says. */
export const added = (list: List, kind: Kind): List => [...list, startOf(kind)];

/** One use of a kind, as its example says. */
export const startOf = (kind: Kind): KindSpec => ({ ...(kind.example as object), kind: kind.kind }) as KindSpec;

export const removed = (list: List, place: number): List => list.filter((_, at) => at !== place);

/** The one at `from` comes to stand at `to`; places beyond the ends are the ends. */
export function moved(list: List, from: number, to: number): List {
  const rest = removed(list, from);
  const place = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, place), list[from] as KindSpec, ...rest.slice(place)];
}

export const changed = (list: List, place: number, name: string, value: unknown): List =>
  list.map((one, at) => (at === place ? withField(one, name, value) : one));

/** The chance of one: as written, or the default of its kind. */
export function chanceOf(one: KindSpec, kinds: readonly Kind[]): number {
  const written = fieldOf(one, 'p');
  if (typeof written === 'number') return written;
  const initial = fieldsOf(findKind(kinds, 'augmentation', one.kind)).find(({ name }) => name === 'p')?.initial;
  return typeof initial === 'number' ? initial : 1;
}

/** Off is a chance of 0: it stays in the list and does nothing. On again it has the chance that it had. */
export function switched(list: List, place: number, isOn: boolean, before: number | undefined): List {
  if (!isOn) return changed(list, place, 'p', 0);
  if (before) return changed(list, place, 'p', before);
  return list.map((one, at) => (at === place ? withoutChance(one) : one));
}

function withoutChance(one: KindSpec): KindSpec {
  const { p: _p, ...rest } = one as KindSpec & { p?: number };
  return rest as KindSpec;
}

/** The augmentations that can change inputs of a kind, by group, in the order of the catalogue. */
export function groupsFor(kinds: readonly Kind[], inputKind: string): readonly (readonly [string, readonly Kind[]])[] {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) {
    if (kind.family !== 'augmentation' || !takes(kind, inputKind)) continue;
    groups.set(kind.group, [...(groups.get(kind.group) ?? []), kind]);
  }
  const rank = (group: string): number => (ORDER.indexOf(group) + ORDER.length + 1) % (ORDER.length + 1);
  return [...groups].sort(([one], [other]) => rank(one) - rank(other));
}

/** Known groups; others come last. */
const ORDER = ['Geometry', 'Light and colour', 'Occlusion and noise', 'Time', 'Mixing', 'By lot'];

const takes = (kind: Kind, inputKind: string): boolean => (kind.details.takes as string[]).includes(inputKind);
