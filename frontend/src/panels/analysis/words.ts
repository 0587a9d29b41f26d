/** How far a computation is, in words. */
import { formatFixed } from '../../draw/format';
import type { Asked } from '../../stores/analyses';

/** Before this share is done, or so much time has gone, nobody can say how long it takes. */
const LEAST_SHARE = 0.02;
const LEAST_MS = 1000;

/** "34 % · 12 s left", as soon as that can be told. */
export function progressText({ status, progress, beganAt }: Asked, now: number): string {
  if (status === 'asking') return 'asking …';
  if (status === 'waiting') return 'waiting …';
  const share = `${formatFixed(100 * progress, 0)}\u00a0%`;
  const spent = beganAt === null ? 0 : now - beganAt;
  if (progress < LEAST_SHARE || spent < LEAST_MS) return share;
  return `${share} · ${durationText((spent / 1000) * (1 / progress - 1))} left`;
}

function durationText(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))}\u00a0s` : `${Math.round(seconds / 60)}\u00a0min`;
}
