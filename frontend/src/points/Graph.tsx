/** The network as columns of tiles with its weights between them. React places; the painter draws. */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { onThemeChange, theme } from '../draw';
import { isNews, Redraw } from '../draw/redraw';
import { usePage, useSession } from '../session/react';
import { withUnits } from './edits';
import { FEATURES, type Feature } from './features';
import { Head } from './Head';
import { type Chosen, layoutOf } from './layout';
import { UNITS } from './measured';
import { Painter, type PointedWeight, type Scene } from './Painter';
import type { Column, Stack } from './stack';
import { Unit } from './Unit';
import { WeightField } from './WeightField';
import { featureAt, titleOf } from './words';

interface GraphProps {
  readonly stack: Stack;
  /** Those that are switched on. */
  readonly features: readonly Feature[];
  readonly tile: number;
  readonly chosen: Chosen;
  onChoose(chosen: Chosen): void;
  readonly legend: RefObject<HTMLElement | null>;
}

export function Graph({ stack, features, tile, chosen, onChoose, legend }: GraphProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const { textScale } = theme();
  const place = useMergedRef(ref, host);
  const record = usePage((page) => page.record);
  const hasClasses = usePage((page) => page.check?.data?.task !== 'regression');
  const counts = stack.map((column) => (column.part === 'input' ? FEATURES.length : column.numUnits));
  // biome-ignore lint/correctness/useExhaustiveDependencies: as long as the counts are equal the tiles stay the same
  const layout = useMemo(
    () => layoutOf(counts, { width, height, tile, textScale }),
    [counts.join(), width, height, tile, textScale],
  );
  const setUnits = useSetUnits(stack);
  const scene: Scene = { stack, layout, record, width, height, hasClasses, chosen };
  const painter = usePainter(host, legend, scene);
  const [edited, setEdited] = useState<PointedWeight | null>(null);
  const keys = useArrows(stack, painter, chosen, onChoose, setEdited);

  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    if (event.target !== event.currentTarget) painter.current?.leave();
    else painter.current?.pointAt(event.clientX - box.left, event.clientY - box.top);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tiles take the focus; by the pointer weights are seen too
    <div
      className="points-graph"
      ref={place}
      onPointerMove={move}
      onPointerLeave={() => painter.current?.leave()}
      onClick={(event) => {
        if (event.target === event.currentTarget) setEdited(painter.current?.pointed ?? null);
      }}
      onKeyDown={keys}
    >
      <canvas className="points-links" />
      {width > 0
        ? stack.map((column, at) => {
            const placed = layout.columns[at];
            return placed ? (
              <section key={`${at}-${column.part}`} aria-label={column.title}>
                <Head column={column} placed={placed} isShort={layout.words !== 'all'} onUnits={setUnits} />
                {placed.tiles.map((one) => (
                  <Unit
                    key={one.unit}
                    tile={one}
                    title={titleOf(stack, one)}
                    reads={column.part === 'input' ? readingOf(featureAt(one.unit), features) : null}
                    isChosen={chosen?.column === at && chosen.unit === one.unit}
                    isFirst={one.unit === (chosen?.column === at ? chosen.unit : 0)}
                    onChoose={onChoose}
                  />
                ))}
                <p className="points-foot num" data-column={at} style={{ left: placed.x }} />
              </section>
            ) : null;
          })
        : null}
      {edited ? (
        <WeightField
          key={`${edited.node} ${edited.index.join()}`}
          weight={edited}
          room={width}
          onClose={() => setEdited(null)}
        />
      ) : null}
      <p className="points-tip num" role="status" hidden>
        <span /> <b />
      </p>
    </div>
  );
}

function readingOf(feature: Feature, features: readonly Feature[]): 'on' | 'off' | 'only' {
  if (!features.includes(feature)) return 'off';
  return features.length === 1 ? 'only' : 'on';
}

/** Gives a layer more or fewer units; the same function as long as the network stands. */
function useSetUnits(stack: Stack): (column: Column, count: number) => void {
  const session = useSession();
  const latest = useRef(stack);
  latest.current = stack;
  return useCallback(
    (column, count) =>
      session.edit((spec) => ({ ...spec, graph: withUnits(spec.graph, latest.current, column, count) })),
    [session],
  );
}

/** Draws when there are new frames, at most ten times a second, and at once for what a hand did. */
function usePainter(
  host: RefObject<HTMLDivElement | null>,
  legend: RefObject<HTMLElement | null>,
  scene: Scene,
): RefObject<Painter | null> {
  const latest = useRef(scene);
  latest.current = scene;
  const painter = useRef<Painter | null>(null);
  const redraw = useRef<Redraw | null>(null);
  useEffect(() => {
    if (!host.current) return;
    const made = new Painter(host.current, legend.current);
    const drawing = new Redraw('picture', () => made.draw(latest.current));
    painter.current = made;
    redraw.current = drawing;
    const leaveTheme = onThemeChange(drawing.soon);
    drawing.soon();
    return () => {
      leaveTheme();
      drawing.dispose();
    };
  }, [host, legend]);
  const { record, stack, layout, chosen, hasClasses } = scene;
  useEffect(
    () =>
      record?.frames.subscribe(() => {
        if (record.isBeingReplaced) return;
        if (isNews(host.current?.dataset, record.frames.newest(UNITS))) redraw.current?.soon();
        else redraw.current?.request();
      }),
    [record, host],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a hand changes
  useEffect(() => redraw.current?.soon(), [stack, layout, chosen, hasClasses]);
  useEffect(() => {
    // The pictures of the run before stand until this one has its own, or has not got them in time.
    const waits = Math.max(0, (record?.awaitedUntil ?? 0) - performance.now());
    if (waits === 0) redraw.current?.soon();
    const timer = setTimeout(() => redraw.current?.soon(), waits);
    return () => clearTimeout(timer);
  }, [record]);
  return painter;
}

/** Arrows go from tile to tile; with Shift, ↑ and ↓ go through the weights that a unit reads, and Enter sets one. */
function useArrows(
  stack: Stack,
  painter: RefObject<Painter | null>,
  chosen: Chosen,
  onChoose: (chosen: Chosen) => void,
  onEdit: (weight: PointedWeight) => void,
): (event: KeyboardEvent<HTMLDivElement>) => void {
  const weight = useRef(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another unit starts at its first weight
  useEffect(() => {
    weight.current = -1;
    painter.current?.leave();
  }, [chosen?.column, chosen?.unit]);
  return (event) => {
    const pointed = event.key === 'Enter' && weight.current >= 0 ? painter.current?.pointed : null;
    if (pointed) {
      event.preventDefault();
      onEdit(pointed);
    }
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const here = (event.target as HTMLElement).closest<HTMLElement>('.unit');
    if (!way || !here || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [column, unit] = [Number(here.dataset.column), Number(here.dataset.unit)];
    const [across = 0, down = 0] = way;
    if (event.shiftKey && down !== 0) {
      if (chosen?.column !== column || chosen.unit !== unit) onChoose({ column, unit });
      weight.current += down;
      painter.current?.pointInto({ column, unit }, weight.current);
      return;
    }
    const next = Math.min(stack.length - 1, Math.max(0, column + across));
    const tiles = event.currentTarget.querySelectorAll<HTMLElement>(`.unit[data-column="${next}"]`);
    const at = across === 0 ? unit + down : Math.round(((unit + 0.5) / tilesIn(event, column)) * tiles.length - 0.5);
    tiles[Math.min(tiles.length - 1, Math.max(0, at))]?.focus();
  };
}

const tilesIn = (event: KeyboardEvent<HTMLDivElement>, column: number): number =>
  event.currentTarget.querySelectorAll(`.unit[data-column="${column}"]`).length;
