/** A link that holds the whole experiment, and how its panels are arranged. */
import type { RunSpec } from '../generated/schemas';
import { packSpec } from '../session/address';

/** @param showsPoints False where a network over 2-D data is to be shown as cards. */
export function shareLink(spec: RunSpec, arrangement: unknown, showsPoints = true): string {
  const panels = arrangement === null ? '' : `&panels=${encodeURIComponent(JSON.stringify(arrangement))}`;
  return `${location.origin}${location.pathname}#spec=${packSpec(spec)}${panels}${showsPoints ? '' : '&view=cards'}`;
}

/** Whether a link says how a network over 2-D data is to be shown; null where it does not carry an experiment. */
export function readView(hash: string): 'cards' | 'points' | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  if (!fields.has('spec')) return null;
  return fields.get('view') === 'cards' ? 'cards' : 'points';
}

/** The arrangement of the panels that a link carries; null when it carries none that can be read. */
export function readArrangement(hash: string): unknown {
  try {
    return JSON.parse(new URLSearchParams(hash.replace(/^#/, '')).get('panels') ?? 'null') as unknown;
  } catch {
    return null;
  }
}
