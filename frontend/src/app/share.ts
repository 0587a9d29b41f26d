/** A link that holds the whole experiment, and how its panels are arranged. */
import type { RunSpec } from '../generated/schemas';
import { packSpec } from '../session/address';

export function shareLink(spec: RunSpec, arrangement: unknown): string {
  const panels = arrangement === null ? '' : `&panels=${encodeURIComponent(JSON.stringify(arrangement))}`;
  return `${location.origin}${location.pathname}#spec=${packSpec(spec)}${panels}`;
}

/** The arrangement of the panels that a link carries; null when it carries none that can be read. */
export function readArrangement(hash: string): unknown {
  try {
    return JSON.parse(new URLSearchParams(hash.replace(/^#/, '')).get('panels') ?? 'null') as unknown;
  } catch {
    return null;
  }
}
