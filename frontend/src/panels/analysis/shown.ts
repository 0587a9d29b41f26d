/** Which result of an analysis a panel shows, and what is said where it is not of the step that the page stands at. */

import { formatCount } from '../../draw/format';
import type { Kind } from '../../generated/schemas';
import type { DecodedFrame } from '../../words/frames';
import type { Scene, Tag } from '../drawing';
import type { PanelProps } from '../props';

/** Our own result, or one that somebody else asked for; in time travel the latest that is not after the viewed step. */
export function shownAnalysis(props: PanelProps, probe: string): DecodedFrame | null {
  const own = props.analyses?.store.of(probe).frame ?? null;
  const frames = props.record?.frames;
  const at = props.viewStep ?? null;
  if (at === null) return own ?? frames?.newest(probe) ?? null;
  const known = [...(frames?.history(probe) ?? []), frames?.newest(probe), own];
  const fitting = known.filter((frame): frame is DecodedFrame => frame != null && frame.step <= at);
  return fitting.reduce<DecodedFrame | null>((best, one) => (best && best.step > one.step ? best : one), null);
}

/** False where the result is the same at every step. */
export const readsState = (kind: Kind): boolean => kind.details.reads_state !== false;
export const isQuick = (kind: Kind): boolean => kind.details.is_quick === true;
export const showsSample = (kind: Kind): boolean => kind.details.shows_sample === true;

export function tagOf({ frame, props }: Scene, kind: Kind): Tag | null {
  if (!frame || !readsState(kind)) return null;
  const viewed = props.viewStep ?? null;
  const step = viewed ?? props.record?.progress.step ?? 0;
  if (frame.step === step && !props.record?.isStale) return null;
  const title =
    viewed === null
      ? 'Computed at that step, and the run has moved on since.'
      : `Computed on the last state that is kept at or before step ${formatCount(step)}.`;
  return { tone: 'warning', text: `as of step ${formatCount(frame.step)}`, title };
}
