/** Joins a drawing to the stores: when to draw, how large, and what the head says of it. Data does not pass React. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { onThemeChange } from '../draw/colours';
import { formatCount } from '../draw/format';
import { isNews, Redraw } from '../draw/redraw';
import type { Lack } from '../generated/schemas';
import { shownAnalysis, tagOf } from './analysis/shown';
import { type PanelKind, whyNot } from './catalogue';
import { type Drawing, type Drawn, drawn, type Options, type PanelSize, type Scene, shownFrame } from './drawing';
import type { PanelProps } from './props';

export interface DrawingInput {
  readonly kind: PanelKind;
  readonly props: PanelProps;
  readonly options: Options;
  readonly setOption: (name: string, value: string) => void;
  readonly isMaximised: boolean;
  readonly isVisible: boolean;
}

export interface DrawingRefs {
  readonly root: RefObject<HTMLElement | null>;
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly meta: RefObject<HTMLSpanElement | null>;
}

/** The summary for screen readers is renewed at most so often. */
const SUMMARY_MS = 5000;
/** Panels of a run that trains look at themselves so often even when nothing comes, to say that they lag. */
const IDLE_MS = 1000;
/** After the last step it looks so often again: axes change once a second, and a quick run is over before they do. */
const SETTLING_LOOKS = 3;
/** What rests and has not answered in this time is not going to. */
const WAITS_MS = 3000;

export const sizeOf = (width: number, height: number, isMaximised: boolean): PanelSize =>
  isMaximised ? 'L' : width < 260 || height < 150 ? 'S' : 'M';

/** What of a drawing concerns the frame around it. */
const keyOf = ({ state, unit, tag, layers, layer, picks, step }: Drawn): string =>
  JSON.stringify([state, unit, tag, layers, layer, picks, step === null]);

export function usePanelDrawing(
  input: DrawingInput,
  refs: DrawingRefs,
): { shell: Drawn; drawing: () => Drawing | null; scene: () => Scene | null } {
  const latest = useRef(input);
  latest.current = input;
  const live = useRef<{ drawing: Drawing; redraw: Redraw } | null>(null);
  const [shell, setShell] = useState<Drawn>(() => drawn({ state: { kind: 'loading' } }));
  const { kind } = input;

  const scene = useCallback((): Scene | null => {
    const [plot, root] = [refs.plot.current, refs.root.current];
    if (!plot || !root) return null;
    const { props, options, setOption, isMaximised } = latest.current;
    const { clientWidth: width, clientHeight: height } = plot;
    const size = sizeOf(root.clientWidth, root.clientHeight, isMaximised);
    const frame = kind.analysis ? shownAnalysis(props, kind.probe) : undefined;
    const { probe, probes } = kind;
    return { props, probe, probes, frame, options, setOption, size, width, height, now: performance.now() };
  }, [kind, refs]);

  useEffect(() => {
    const plot = refs.plot.current;
    if (!plot) return;
    let key = '';
    let toldAt = Number.NEGATIVE_INFINITY;
    let waitsFrom: number | null = null;
    const draw = (): boolean => {
      const at = scene();
      if (!at || at.width < 2 || at.height < 2) return true;
      if (stands(kind, at, refs.root.current?.dataset.run)) return false;
      const found = drawSafely(kind, drawing, at);
      waitsFrom = found.state.kind === 'loading' ? (waitsFrom ?? at.now) : null;
      const result = waitsFrom !== null && at.now - waitsFrom > WAITS_MS ? notMeasured(found, at) : found;
      writeRoot(refs, result, shownFrame(at)?.run ?? at.props.record?.id);
      if (at.now - toldAt >= SUMMARY_MS || at.props.record?.progress.status !== 'running') {
        refs.root.current?.setAttribute('aria-label', `${kind.title}. ${result.summary}`.trim());
        toldAt = at.now;
      }
      if (keyOf(result) !== key) {
        key = keyOf(result);
        // Painted with the picture: a head that comes later would tell of the step before.
        flushSync(() => setShell(result));
      }
      return true;
    };
    const redraw = new Redraw(kind.shape === 'series' ? 'curve' : 'picture', draw);
    const drawing = kind.make(plot, redraw.soon);
    live.current = { drawing, redraw };
    const observer = new ResizeObserver(redraw.soon);
    observer.observe(plot);
    const leaveTheme = onThemeChange(redraw.soon);
    let lookedAt = '';
    let settles = 0;
    const timer = setInterval(() => {
      const { record } = latest.current.props;
      const newest = `${record?.id} ${record?.progress.step}`;
      settles = newest === lookedAt ? settles - 1 : SETTLING_LOOKS;
      lookedAt = newest;
      if (record?.progress.status === 'running' || settles > 0 || waitsFrom !== null || redraw.isWanted)
        redraw.request();
    }, IDLE_MS);
    redraw.soon();
    return () => {
      clearInterval(timer);
      leaveTheme();
      observer.disconnect();
      redraw.dispose();
      drawing.dispose();
      live.current = null;
    };
  }, [kind, refs, scene]);

  useSubscriptions(input, refs, live);
  useEffect(() => live.current?.redraw.setVisible(input.isVisible), [input.isVisible]);
  const { options, isMaximised, props } = input;
  const { record, ghost, viewStep, points, inspected, check, plannedSteps, cursor, sample, isSampleChosen } = props;
  // What a hand changed is drawn at the next frame; what the run changed waits for its turn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a hand changes.
  useEffect(
    () => live.current?.redraw.soon(),
    [
      options,
      isMaximised,
      record,
      ghost,
      viewStep,
      points,
      inspected,
      check,
      plannedSteps,
      cursor,
      sample,
      isSampleChosen,
    ],
  );

  const drawing = useCallback(() => live.current?.drawing ?? null, []);
  return { shell, drawing, scene };
}

function useSubscriptions(
  { kind, props: { record, ghost, analyses } }: DrawingInput,
  { root }: DrawingRefs,
  live: RefObject<{ redraw: Redraw } | null>,
): void {
  useEffect(() => {
    const request = (): void => live.current?.redraw.request();
    const framesCame = (): void => {
      if (isNews(root.current?.dataset, record?.frames.newest(kind.probe))) live.current?.redraw.soon();
      else request();
    };
    const isSeries = kind.shape === 'series';
    const leaves = [record, isSeries ? ghost : null].flatMap((one) =>
      one ? [one.subscribe(request), isSeries ? one.curves.subscribe(request) : one.frames.subscribe(framesCame)] : [],
    );
    if (kind.analysis && analyses) leaves.push(analyses.store.subscribe(request));
    return () => {
      for (const leave of leaves) leave();
    };
  }, [kind, record, ghost, analyses, root, live]);
}

/**
 * True where the picture of the run before stands: while another one is made in its place, and until that has something
 * to show. Curves leave the first pictures the time.
 */
function stands(kind: PanelKind, { props, probe, now }: Scene, shown: string | undefined): boolean {
  const { record, viewStep = null } = props;
  if (!record || !shown || viewStep !== null || kind.analysis) return false;
  if (shown === record.id) return record.isBeingReplaced;
  if (now > record.awaitedUntil) return false;
  return kind.shape === 'series'
    ? record.progress.status === 'running' && !record.frames.hasTrained
    : !record.frames.newest(probe);
}

const nothing = (result: Drawn, text: string): Drawn => ({
  ...result,
  state: { kind: 'nothing_here', text },
  meta: '',
  summary: text,
});

/** The run is under way and this probe has not been measured yet: it will be, now that it is watched. */
export function waiting(result: Drawn, { props, probe }: Pick<Scene, 'props' | 'probe'>): Drawn {
  const viewStep = props.viewStep ?? null;
  if (viewStep !== null && props.record?.frames.lacks(probe, viewStep))
    return nothing(result, `Nothing of this was recorded up to step ${formatCount(viewStep)}.`);
  const step = viewStep ?? props.record?.progress.step ?? 0;
  if (step === 0) return result;
  return { ...result, state: { kind: 'loading' }, meta: `loading step ${formatCount(step)} …` };
}

/** A run that rests measures nothing new: better words than to wait for ever. */
export function notMeasured(result: Drawn, { props }: Pick<Scene, 'props'>): Drawn {
  const status = props.record?.progress.status;
  if ((props.viewStep ?? null) !== null || status === undefined || status === 'running' || status === 'queued')
    return result;
  return nothing(
    result,
    status === 'paused'
      ? 'Not measured yet. The next steps of the run measure it.'
      : 'This was not measured in the run.',
  );
}

/** What the newest frame says of itself where it has nothing to show. */
function lackOf({ probe }: PanelKind, { props }: Scene): Lack | null {
  const text = probe ? props.record?.frames.newest(probe)?.lack : null;
  return text ? { text, offer: null } : null;
}

/** One panel that fails leaves the others alone, and says so. */
function drawSafely(kind: PanelKind, drawing: Drawing, scene: Scene): Drawn {
  const why = whyNot(kind.probe || kind.id, scene.props) ?? lackOf(kind, scene);
  if (why) return drawn({ state: { kind: 'inapplicable', ...why }, summary: why.text });
  try {
    const result = drawing.draw(scene);
    // What was never computed is no matter of steps.
    const meta = result.state.kind === 'empty' ? '' : result.meta;
    if (kind.analysis) return { ...result, meta, tag: tagOf(scene, kind.analysis) };
    return kind.probe && result.state.kind === 'empty' ? waiting(result, scene) : result;
  } catch (error) {
    console.error(error);
    const text = error instanceof Error ? error.message : String(error);
    return drawn({ state: { kind: 'error', text }, summary: text });
  }
}

function writeRoot({ root, meta }: DrawingRefs, result: Drawn, run: string | undefined): void {
  const element = root.current;
  if (!element) return;
  if (result.step === null) delete element.dataset.step;
  else element.dataset.step = String(result.step);
  element.dataset.run = run ?? '';
  if (result.digest) element.dataset.digest = result.digest;
  else delete element.dataset.digest;
  const text = meta.current;
  if (!text || text.textContent === result.meta) return;
  text.replaceChildren(...partsOf(result.meta));
  text.title = result.meta;
}

/** Parts that are shown whole or not at all: what does not fit is not cut in the middle. */
function partsOf(meta: string): HTMLElement[] {
  return meta.split(/(?= · )/).map((words) => {
    const part = document.createElement('span');
    part.textContent = words;
    return part;
  });
}
