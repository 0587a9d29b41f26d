/** The changes of a remedy, brought into the experiment. */
import type { Remedy, RunSpec } from '../generated/schemas';
import type { RunRecord } from '../stores/record';
import { isActive } from './runs';

/** What a remedy costs: nothing, a fork that goes on from what was learned, or a fork at step 0. */
export type Way = 'live' | 'forks' | 'restarts';

/** A run that has done all its steps has none left to go on with. */
export function wayOf(remedy: Remedy, record: RunRecord | null): Way {
  if (remedy.live && isActive(record)) return 'live';
  const isDone = record?.progress.status === 'completed';
  return remedy.at_step === 0 || isDone ? 'restarts' : 'forks';
}

type Parts = Record<string, unknown>;

/** A copy with one value put at a path such as `graph.3.p`; null takes out what may be left out. */
function put(part: unknown, path: readonly string[], value: unknown): unknown {
  const [name = '', ...rest] = path;
  if (Array.isArray(part)) {
    return part.map((one, at) => (String(at) === name ? (rest.length > 0 ? put(one, rest, value) : value) : one));
  }
  const before = (part ?? {}) as Parts;
  if (rest.length > 0) return { ...before, [name]: put(before[name], rest, value) };
  if (value !== null) return { ...before, [name]: value };
  const { [name]: _gone, ...others } = before;
  return others;
}

export const withChanges = (spec: RunSpec, changes: Remedy['changes']): RunSpec =>
  Object.entries(changes).reduce((now, [path, value]) => put(now, path.split('.'), value) as RunSpec, spec);
