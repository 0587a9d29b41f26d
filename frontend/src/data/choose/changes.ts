/** What one experiment does otherwise than another, beside its data, in a few words each. */
import { wire } from '../../editor/graph';
import { fieldLabel } from '../../forms/words';
import type { NodeSpec, RunSpec } from '../../generated/schemas';

type Fields = Readonly<Record<string, unknown>>;

const HIDDEN = new Set(['id', 'kind', 'inputs', 'block']);

interface Told {
  /** What the data of `after` ask for: classification or regression. */
  readonly task: string;
  /** False where the whole network is another one, which is told in other words. */
  readonly tellsNetwork: boolean;
}

export function changesBetween(before: RunSpec, after: RunSpec, { task, tellsNetwork }: Told): string[] {
  return [
    ...(tellsNetwork ? ofNetwork(before.graph, after.graph) : []),
    ...ofLoss(before.loss, after.loss, task),
    ...(before.data.target === after.data.target ? [] : ['the label is predicted again']),
    ...(before.data.augment.length > 0 && after.data.augment.length === 0 ? ['augmentations go'] : []),
    ...(before.data.subset !== null && after.data.subset === null ? ['all samples are used'] : []),
  ];
}

function ofNetwork(before: readonly NodeSpec[], after: readonly NodeSpec[]): string[] {
  const [old, now] = [wire(before), wire(after)];
  const added = now.filter(({ id }) => !old.some((one) => one.id === id));
  const gone = old.filter(({ id }) => !now.some((one) => one.id === id));
  const changed = now.flatMap(({ id, spec }) => {
    const was = old.find((one) => one.id === id);
    return was ? ofNode(id, was.spec, spec) : [];
  });
  return [...added.map(({ spec }) => `${spec.kind} is added`), ...gone.map(({ id }) => `${id} goes`), ...changed];
}

function ofNode(id: string, before: NodeSpec, after: NodeSpec): string[] {
  if (before.kind !== after.kind) return [`${id} becomes ${after.kind}`];
  const [old, now] = [before as unknown as Fields, after as unknown as Fields];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => !HIDDEN.has(name));
  return names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => `${id}: ${fieldLabel(name).toLowerCase()} ${valueText(old[name])} → ${valueText(now[name])}`);
}

const valueText = (value: unknown): string => (value === undefined || value === null ? 'usual' : String(value));

function ofLoss(before: RunSpec['loss'], after: RunSpec['loss'], task: string): string[] {
  if (before?.kind === after?.kind) return [];
  const name = (loss: RunSpec['loss'], usual: string): string => loss?.kind.replaceAll('_', ' ') ?? usual;
  return [`loss ${name(before, 'the usual one')} → ${name(after, task === 'regression' ? 'mse' : 'cross entropy')}`];
}

/** The changes as one sentence: 'Logits: units 3 → 10, and loss mse → cross entropy.' */
export function changesText(changes: readonly string[]): string {
  if (changes.length === 0) return 'The network fits as it is.';
  const text = changes.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
