/** How a run stands, in words. */
import type { RunProgress, RunState } from '../generated/schemas';

export const STATUS_WORDS: Record<RunState, string> = {
  queued: 'In the queue',
  running: 'Live',
  paused: 'Paused',
  completed: 'Completed',
  stopped: 'Stopped',
  diverged: 'Diverged',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

export const isUnderWay = (status: RunState | undefined): boolean =>
  status === 'queued' || status === 'running' || status === 'paused';

/** What the state of a run is called where it is shown: one that has not begun is ready, one that waits compiles. */
export function statusWord(progress: RunProgress | undefined): string {
  if (!progress) return 'No run';
  if (progress.status === 'running' && progress.reason) return 'Compiling';
  return progress.status === 'paused' && progress.step === 0 ? 'Ready' : STATUS_WORDS[progress.status];
}

/** Speeds of the menu in steps a second; null trains as fast as it can. */
export const SPEEDS: readonly (number | null)[] = [null, 300, 100, 30, 10, 3, 1];

export const speedWord = (speed: number | null | undefined): string =>
  speed === null || speed === undefined ? 'Full speed' : `${speed} steps/s`;

/** The next speed of the menu; `direction` 1 is faster. */
export function nextSpeed(speed: number | null | undefined, direction: 1 | -1): number | null {
  const value = speed ?? Number.POSITIVE_INFINITY;
  const known = SPEEDS.map((one) => one ?? Number.POSITIVE_INFINITY);
  const rest = known.filter((one) => (direction === 1 ? one > value : one < value));
  const next = rest.length === 0 ? value : direction === 1 ? Math.min(...rest) : Math.max(...rest);
  return Number.isFinite(next) ? next : null;
}
