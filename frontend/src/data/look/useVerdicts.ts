/** What the network makes of the samples of a part: of the validation part measured, of the training part asked for. */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { usePage, useRecord, useSession } from '../../session/react';
import { type Asked, isOpen } from '../../stores/analyses';
import type { Part } from '../../stores/lamp';
import { shownStep } from '../../stores/page';
import type { RunRecord } from '../../stores/record';
import { asShape, type FrameOf } from '../../words/frames';

const PROBE = 'samples';
const ANALYSIS = 'training_samples';
/** A list that a hand is to press in changes no oftener. */
const EVERY_MS = 300;
/** While training, the training part is asked for again after so long, or ten times what it took. */
const AGAIN_MS = 3000;
const AGAIN_FACTOR = 10;

export type SamplesFrame = FrameOf<'samples'>;

export interface Verdicts {
  readonly frame: SamplesFrame | undefined;
  /** How the analysis of the training part stands; null for the validation part. */
  readonly asked: Asked | null;
}

export function useVerdicts(part: Part, isHeld: boolean): Verdicts {
  const record = usePage((page) => page.record);
  const measured = useMeasured(record);
  const asked = useAsked(record, part === 'train' && !isHeld);
  const latest = part === 'train' ? asShape(asked.frame ?? undefined, 'samples') : measured;
  const held = useRef<SamplesFrame | undefined>(undefined);
  if (!isHeld || held.current?.run !== record?.id || held.current?.items[0]?.node !== part) held.current = latest;
  return { frame: held.current, asked: part === 'train' ? asked : null };
}

/** The frame of the probe, in time travel that of the past. */
function useMeasured(record: RunRecord | null): SamplesFrame | undefined {
  const session = useSession();
  useEffect(() => {
    session.watch([PROBE]);
    return () => session.watch([]);
  }, [session]);
  const read = (): SamplesFrame | undefined => asShape(record?.frames.newest(PROBE), 'samples');
  const [frame, setFrame] = useState(read);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `read` is made of the record alone.
  useEffect(() => {
    setFrame(read);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setFrame(read);
      }, EVERY_MS);
    };
    const leave = record?.frames.subscribe(soon);
    return () => {
      leave?.();
      clearTimeout(timer);
    };
  }, [record]);
  return frame;
}

function useAsked(record: RunRecord | null, isWanted: boolean): Asked {
  const { analyses } = useSession();
  const atStep = usePage(shownStep);
  const status = useRecord(record, (one) => one?.progress.status);
  const asked = useSyncExternalStore(analyses.store.subscribe, () => analyses.store.of(ANALYSIS));
  const answeredAt = useRef(0);
  const latest = useRef(asked);
  latest.current = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pause begins with each result.
  useEffect(() => {
    answeredAt.current = performance.now();
  }, [asked.frame]);
  useEffect(() => {
    if (!isWanted || !record) return;
    const ask = (): void => analyses.ask({ kind: ANALYSIS, params: {}, atStep, sample: null });
    ask();
    if (status !== 'running' || atStep !== null) return;
    const timer = setInterval(() => {
      const { seconds, status: now } = latest.current;
      const pause = Math.max(AGAIN_MS, AGAIN_FACTOR * 1000 * (seconds ?? 0));
      const isFree = !isOpen(latest.current) && now !== 'cancelled';
      if (isFree && performance.now() - answeredAt.current > pause) ask();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [isWanted, record, atStep, status, analyses]);
  return asked;
}
