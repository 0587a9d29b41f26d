/** The changes of a remedy, brought into the experiment. */
import type { Remedy, RunSpec } from '../generated/schemas';

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
