/** Asks by itself for what is quick or follows the training, while the panel can be seen; and tells how it stands. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Kind } from '../../generated/schemas';
import { AnalysisStore, type Asked } from '../../stores/analyses';
import type { Options } from '../drawing';
import type { PanelProps } from '../props';
import { isDue, pauseOf, wishOf } from './wish';

const NOTHING = new AnalysisStore();
const LOOK_MS = 250;

export interface AnalysisInput {
  readonly kind: Kind;
  readonly props: PanelProps;
  readonly options: Options;
  readonly isVisible: boolean;
}

export function useAnalysis(input: AnalysisInput): Asked {
  const { kind, props, options, isVisible } = input;
  const store = props.analyses?.store ?? NOTHING;
  const asked = useSyncExternalStore(store.subscribe, () => store.of(kind.kind));
  const latest = useRef(input);
  latest.current = input;
  const answeredAt = useRef(Number.NEGATIVE_INFINITY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pause begins with each result.
  useEffect(() => {
    answeredAt.current = performance.now();
  }, [asked.frame]);

  const { record, viewStep, sample } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a hand changes.
  useEffect(() => {
    if (isVisible) askIfDue(latest.current);
  }, [isVisible, kind, record, viewStep, sample, options]);
  useEffect(() => {
    if (!isVisible) return;
    const timer = setInterval(() => {
      const now = latest.current.props.analyses?.store.of(kind.kind);
      if (now && performance.now() - answeredAt.current >= pauseOf(now)) askIfDue(latest.current);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [isVisible, kind]);
  return asked;
}

function askIfDue({ kind, props, options }: AnalysisInput): void {
  const { analyses, record } = props;
  if (!analyses || !record || analyses.store.run !== record.id) return;
  if (isDue(kind, props, options, analyses.store.of(kind.kind))) analyses.ask(wishOf(kind, props, options));
}
