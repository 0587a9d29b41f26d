/** The panels that the user arranged, and which of their probes can be seen. */
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { loadPlotly } from '../draw/chart';
import {
  type Arrangement,
  choose,
  close,
  defaultArrangement,
  fitting,
  maximise,
  move,
  type Place,
  resize,
} from './arrangement';
import { type PanelKind, type ProbeInfo, panelKinds, whyNot } from './catalogue';
import { Panel } from './Panel';
import { checkOf, type PanelProps } from './props';
import './panels.css';

export interface PanelGridProps extends PanelProps {
  /** Null: the panels that suit the data. */
  readonly arrangement: Arrangement | null;
  readonly onArrange: (arrangement: Arrangement | null) => void;
  /** Told whenever other probes come into sight or go. */
  readonly visibleProbes: (probes: string[]) => void;
  /** Probes that something beside the panels draws. */
  readonly alsoWatched?: readonly string[];
  /** The probes of the catalogue; by default those of the first version. */
  readonly probes?: readonly ProbeInfo[];
  /** Shows so many panels at most, the first ones, below each other. */
  readonly most?: number;
}

/** Below this width the panels stand in one column. */
const TWO_COLUMNS_FROM = 520;
const THREE_COLUMNS_FROM = 2200;

function numColumns(width: number): number {
  if (globalThis.innerWidth >= THREE_COLUMNS_FROM) return 3;
  return width >= TWO_COLUMNS_FROM ? 2 : 1;
}

export function PanelGrid(props: PanelGridProps): ReactElement {
  const grid = useRef<HTMLDivElement>(null);
  const [roomFor, setColumns] = useState(2);
  const columns = props.most === undefined ? roomFor : 1;
  const check = checkOf(props);
  const standard = useMemo(() => defaultArrangement(check), [check]);
  const arrangement = useMemo(() => fitting(props.arrangement, standard), [props.arrangement, standard]);
  const kinds = useMemo(() => panelKinds(props.task, props.probes), [props.task, props.probes]);
  const known = arrangement.places.flatMap((place) => {
    const kind = kinds.find((one) => one.id === place.id);
    return kind ? [{ place, kind }] : [];
  });
  const placed = props.most === undefined ? known : shortList(known, props.most, arrangement.maximised);
  const seen = useSeen(grid, placed.map(({ kind }) => kind.id).join());
  const isMaximised = placed.some(({ kind }) => kind.id === arrangement.maximised);

  useEffect(() => void loadPlotly(), []);
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setColumns(numColumns(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useVisibleProbes(
    // What does not apply to this network is asked of nobody.
    placed
      .map(({ kind }) => kind)
      .filter((kind) => seen.has(kind.id) && (kind.analysis || !whyNot(kind.probe || kind.id, props))),
    props.alsoWatched ?? NO_PROBES,
    props.visibleProbes,
  );

  const panelOf = (place: Place, kind: PanelKind, index: number): ReactElement => (
    <Panel
      key={kind.id}
      kind={kind}
      props={props}
      options={place.options ?? NO_OPTIONS}
      rows={props.most === undefined ? (place.rows ?? 1) : 1}
      columns={Math.min(columns, place.columns ?? 1)}
      isMaximised={arrangement.maximised === kind.id}
      isVisible={seen.has(kind.id)}
      commands={{
        setOption: (name, value) => props.onArrange(choose(arrangement, kind.id, name, value)),
        maximise: () => props.onArrange(maximise(arrangement, arrangement.maximised === kind.id ? null : kind.id)),
        close: () => props.onArrange(close(arrangement, kind.id)),
        resize: (rows, wide) => props.onArrange(resize(arrangement, kind.id, rows, wide)),
        moveBy: (places) => props.onArrange(move(arrangement, kind.id, index + places)),
      }}
      onDrop={(id) => id && props.onArrange(move(arrangement, id, index))}
    />
  );
  return (
    <div
      ref={grid}
      className="panel-grid"
      data-maximised={isMaximised || undefined}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
    >
      {placed.map(({ place, kind }, index) => panelOf(place, kind, index))}
      {placed.length === 0 && <NoPanels restore={() => props.onArrange(null)} />}
    </div>
  );
}

/** The first ones, and in any case the one that is maximised. */
function shortList<T extends { readonly kind: PanelKind }>(
  all: readonly T[],
  most: number,
  maximised: string | null,
): T[] {
  return all.filter(({ kind }, index) => index < most || kind.id === maximised);
}

const NO_OPTIONS = {};

function NoPanels({ restore }: { restore: () => void }): ReactElement {
  return (
    <div className="panel-state">
      <p>
        <b>All panels are closed.</b>
      </p>
      <button type="button" className="panel-button" onClick={restore}>
        Bring them back
      </button>
    </div>
  );
}

/** Ids of the panels that can be seen. */
function useSeen(grid: React.RefObject<HTMLElement | null>, ids: string): ReadonlySet<string> {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  // biome-ignore lint/correctness/useExhaustiveDependencies: other panels are other elements to observe.
  useEffect(() => {
    const panels = grid.current?.querySelectorAll<HTMLElement>('[data-panel]') ?? [];
    const now = new Set<string>();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const id = (entry.target as HTMLElement).dataset.panel ?? '';
        if (entry.isIntersecting) now.add(id);
        else now.delete(id);
      }
      setSeen(new Set(now));
    });
    for (const panel of panels) observer.observe(panel);
    return () => observer.disconnect();
  }, [grid, ids]);
  return seen;
}

const NO_PROBES: readonly string[] = [];

function useVisibleProbes(
  kinds: readonly PanelKind[],
  also: readonly string[],
  tell: (probes: string[]) => void,
): void {
  const probes = [...new Set([...kinds.flatMap((kind) => kind.probes), ...also])].sort();
  const key = probes.join();
  const latest = useRef(tell);
  latest.current = tell;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names are in the key.
  useEffect(() => latest.current(probes), [key]);
}
