/**
 * What it takes to bring a run from one spec to another: a change that acts at the next batch, or a new run.
 *
 * All edits (by a field, the JSON, undo, redo) go this one way, so that a field acts the same however it was changed.
 */
import type { NodeSpec, RunSpec } from '../generated/schemas';
import type { Change } from '../wire/rest';
import { canonical, isSame as same } from './canonical';

/** Says of a field of a layer kind whether it may change while a run trains. */
export type IsLiveField = (kind: string, field: string) => boolean;

type Augment = NonNullable<NonNullable<Change['data']>['augment']>;

export type Difference =
  | { readonly kind: 'none' }
  | { readonly kind: 'live'; readonly change: Change }
  | { readonly kind: 'restart' };

/** Fields of `after` that differ from `before`; null where one was taken out, which no live change can say. */
function changedFields(before: object, after: object): Record<string, unknown> | null {
  const old = before as Record<string, unknown>;
  const now = after as Record<string, unknown>;
  if (Object.keys(old).some((name) => old[name] !== null && !(name in now))) return null;
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(old[name], value)));
}

type Nodes = Record<string, Record<string, unknown>>;

/** Live changes of single nodes, or null when the graphs differ in more than that. */
function nodeChanges(
  before: RunSpec,
  after: RunSpec,
  idOf: (index: number) => string,
  isLive: IsLiveField,
): Nodes | null {
  if (before.graph.length !== after.graph.length) return null;
  const changes: Nodes = {};
  for (let i = 0; i < after.graph.length; i += 1) {
    const old = before.graph[i] as NodeSpec;
    const now = after.graph[i] as NodeSpec;
    if (old.kind !== now.kind || !same(old.id, now.id)) return null;
    const fields = changedFields(old, now);
    if (!fields || Object.keys(fields).some((name) => !isLive(now.kind, name))) return null;
    if (Object.keys(fields).length > 0) changes[idOf(i)] = fields;
  }
  return changes;
}

/** The p that every dropout node gets, when that is all that changes in the nodes: one change instead of many. */
function sharedDropout(after: RunSpec, changes: Nodes, idOf: (index: number) => string): number | null {
  const dropouts = after.graph.flatMap((node, index) => (node.kind === 'dropout' ? [idOf(index)] : []));
  const values = dropouts.map((id) => changes[id]?.p);
  const first = values[0];
  const isAll = Object.keys(changes).length === dropouts.length && values.every((value) => value === first);
  return isAll && typeof first === 'number' ? first : null;
}

/** Everything that cannot change while a run trains, as one text. */
function fixedPart(spec: RunSpec): string {
  const { batch_size: _size, augment: _augment, ...data } = spec.data;
  const { max_steps_per_second: _speed, ...training } = spec.training;
  return canonical([data, spec.init, spec.loss, spec.schedule, training]);
}

/**
 * @param idOf Name of the node at a place in the graph.
 */
export function difference(
  before: RunSpec,
  after: RunSpec,
  idOf: (index: number) => string,
  isLive: IsLiveField,
): Difference {
  if (fixedPart(before) !== fixedPart(after)) return { kind: 'restart' };
  const nodes = nodeChanges(before, after, idOf, isLive);
  const sameOptimizer = before.optimizer.kind === after.optimizer.kind;
  const optimizer = sameOptimizer ? changedFields(before.optimizer, after.optimizer) : after.optimizer;
  if (!nodes || !optimizer) return { kind: 'restart' };

  const change: Change = {};
  if (!same(before.name, after.name)) change.name = after.name;
  if (!same(before.tags, after.tags)) change.tags = after.tags;
  if (Object.keys(optimizer).length > 0) change.optimizer = optimizer as NonNullable<Change['optimizer']>;
  const p = sharedDropout(after, nodes, idOf);
  if (p !== null) change.dropout = p;
  else if (Object.keys(nodes).length > 0) change.nodes = nodes as NonNullable<Change['nodes']>;
  const { batch_size, augment } = (changedFields(before.data, after.data) ?? {}) as Partial<RunSpec['data']>;
  if (batch_size !== undefined) change.data = { batch_size };
  if (augment !== undefined) change.data = { ...change.data, augment: augment as Augment };
  const penalties = changedFields(before.regularization, after.regularization) ?? {};
  if (Object.keys(penalties).length > 0) {
    // In a change null means "as it was"; clipping is switched off by 0.
    for (const limit of ['clip_grad_norm', 'clip_grad_value']) if (penalties[limit] === null) penalties[limit] = 0;
    change.regularization = penalties;
  }
  if (!same(before.training.max_steps_per_second, after.training.max_steps_per_second)) {
    change.training = { max_steps_per_second: after.training.max_steps_per_second ?? 0 };
  }
  return Object.keys(change).length > 0 ? { kind: 'live', change } : { kind: 'none' };
}

/** Paths of the fields that a change sets, such as `optimizer.lr`. */
export function pathsOf(change: Change): string[] {
  return Object.entries(change).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.keys(value).map((field) => `${name}.${field}`)
      : [name],
  );
}
