/** Words that several panels say. */
import { formatCount } from '../draw/format';
import type { DecodedFrame } from '../words/frames';
import type { PanelSize, Tag } from './drawing';
import type { PanelProps } from './props';

/** `step 1 375 · val · eval`: what was measured, on what, in which mode. */
export function metaOf(frame: DecodedFrame, size: PanelSize = 'M'): string {
  if (size === 'S') return `step ${formatCount(frame.step)}`;
  const split = frame.split === 'validation' ? 'val' : (frame.split ?? '');
  return [`step ${formatCount(frame.step)}`, split, frame.split === frame.mode ? '' : (frame.mode ?? '')]
    .filter(Boolean)
    .join(' · ');
}

/** A frame older than this while the run is further on is said to lag. */
const LAG_MS = 2000;

/** Remembers when a frame came, so that the head can say that it is not the newest state. */
export class Freshness {
  #frame: DecodedFrame | undefined;
  #since = 0;

  /** @param expected The step that the page stands at, as far as this panel follows it. */
  tag(frame: DecodedFrame, props: PanelProps, expected: number, now: number): Tag | null {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#since = now;
    }
    if (props.viewStep != null) return null;
    const evaluated = props.record?.curves.get('val/loss')?.steps.at(-1);
    const isOfEvaluation = frame.split === 'validation' && frame.mode === 'eval' && frame.step === evaluated;
    const lags = expected > frame.step && !isOfEvaluation && now - this.#since > LAG_MS;
    return props.record?.isStale || lags ? { tone: 'warning', text: `as of step ${formatCount(frame.step)}` } : null;
  }
}
