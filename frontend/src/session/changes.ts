/** What differs between two specs, as new values by dotted path: what a fork is to have other than its parent. */
import type { NodeSpec, RunSpec } from '../generated/schemas';
import { isSame } from './canonical';

export type Changes = Readonly<Record<string, unknown>>;

type Parts = Record<string, unknown>;

/** Parts whose fields belong to their kind: with another kind they change as a whole. */
const BY_KIND = ['optimizer', 'schedule', 'loss', 'init'] as const;
const BY_FIELD = ['data', 'regularization', 'training'] as const;

export function changesBetween(before: RunSpec, after: RunSpec): Changes {
  const changes: Parts = {};
  for (const name of ['name', 'tags'] as const) if (!isSame(before[name], after[name])) changes[name] = after[name];
  for (const name of [...BY_KIND, ...BY_FIELD]) Object.assign(changes, ofPart(name, before[name], after[name]));
  return { ...changes, ...ofGraph(before.graph, after.graph) };
}

/** The fields that differ; the whole part where its kind is another or a field is gone. */
function ofPart(path: string, before: unknown, after: unknown): Parts {
  if (isSame(before, after)) return {};
  const [old, now] = [(before ?? {}) as Parts, (after ?? {}) as Parts];
  const isWhole = !before || !after || old.kind !== now.kind || Object.keys(old).some((name) => !(name in now));
  if (isWhole) return { [path]: after };
  const names = Object.keys(now).filter((name) => !isSame(old[name], now[name]));
  return Object.fromEntries(names.map((name) => [`${path}.${name}`, now[name]]));
}

function ofGraph(before: readonly NodeSpec[], after: readonly NodeSpec[]): Parts {
  const isAlike =
    before.length === after.length &&
    after.every((node, index) => node.kind === before[index]?.kind && isSame(node.id, before[index]?.id));
  if (!isAlike) return { graph: after };
  return Object.assign({}, ...after.map((node, index) => ofPart(`graph.${index}`, before[index], node)));
}
