/** A link that holds the whole experiment, and how its panels are arranged. */
import type { RunSpec } from '../generated/schemas';
import { packSpec } from '../session/address';

/** How the page shows the experiment of a link. */
export interface Showing {
  readonly arrangement: unknown;
  /** The panels beside the network of points. */
  readonly pointsArrangement?: unknown;
  /** False where a network over 2-D data is to be shown as cards. */
  readonly showsPoints?: boolean;
  readonly isPresenting?: boolean;
}

export function shareLink(spec: RunSpec, showing: Showing): string {
  const { arrangement, pointsArrangement = null, showsPoints = true, isPresenting = false } = showing;
  const panels = field('panels', arrangement) + field('side', pointsArrangement);
  const view = `${showsPoints ? '' : '&view=cards'}${isPresenting ? '&present=on' : ''}`;
  return `${location.origin}${location.pathname}#spec=${packSpec(spec)}${panels}${view}`;
}

/** Whether a link opens in presenter mode. */
export const readPresenting = (hash: string): boolean =>
  new URLSearchParams(hash.replace(/^#/, '')).get('present') === 'on';

/** Whether a link says how a network over 2-D data is to be shown; null where it does not carry an experiment. */
export function readView(hash: string): 'cards' | 'points' | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  if (!fields.has('spec')) return null;
  return fields.get('view') === 'cards' ? 'cards' : 'points';
}

const field = (name: string, value: unknown): string =>
  value === null ? '' : `&${name}=${encodeURIComponent(JSON.stringify(value))}`;

/**
 * The arrangement of the panels that a link carries, `side` for those beside the network of points; null when it carries
 * none that can be read.
 */
export function readArrangement(hash: string, name: 'panels' | 'side' = 'panels'): unknown {
  try {
    return JSON.parse(new URLSearchParams(hash.replace(/^#/, '')).get(name) ?? 'null') as unknown;
  } catch {
    return null;
  }
}
