/** Words that several panels say. */
import { formatCount } from '../draw/format';
import { firstFrom } from '../draw/thinning';
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

const NO_STEPS = new Float64Array(0);
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
    const at = props.viewStep ?? null;
    const evaluations = props.record?.curves.get('val/loss')?.steps ?? NO_STEPS;
    const evaluated = at === null ? evaluations.at(-1) : evaluations[firstFrom(evaluations, at + 1) - 1];
    const isOfEvaluation = frame.split === 'validation' && frame.mode === 'eval' && frame.step === evaluated;
    const isLate = expected > frame.step && now - this.#since > LAG_MS;
    const isOther = !isOfEvaluation && (at === null ? isLate : frame.step !== at);
    const isStale = at === null && props.record?.isStale;
    return isStale || isOther ? { tone: 'warning', text: `as of step ${formatCount(frame.step)}` } : null;
  }
}
