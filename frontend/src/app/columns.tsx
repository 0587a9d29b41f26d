/** Widths of the columns: as the screen suggests, or as a person dragged them. */
import { useViewportSize } from '@mantine/hooks';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useLesson, usePreferences, useWorkplace } from '../session/react';

const WIDE_FROM = 1600;
const LEAST_PANELS = 420;
const RAIL = { least: 232, most: 420, normal: 272, wide: 296 };
const NETWORK = { least: 280, most: 900, normal: 392, wide: 560 };
/** The text of a lesson takes the place of the settings, and the network makes room for the panels. */
const LESSON = { rail: 420, network: 304, wide: 480 };
const KEY_STEP = 16;

interface Edge {
  readonly width: number;
  readonly least: number;
  readonly most: number;
  /** Null restores the width that the screen suggests. */
  onChange(width: number | null): void;
}

const held = (width: number, least: number, most: number): number => Math.round(Math.min(most, Math.max(least, width)));

export function useColumns(): { style: CSSProperties; rail: Edge | null; network: Edge } {
  const { preferences } = useWorkplace();
  const chosenRail = usePreferences((one) => one.railWidth);
  const chosenNetwork = usePreferences((one) => one.networkWidth);
  const { width: screen } = useViewportSize();
  const isWide = (screen || window.innerWidth) >= WIDE_FROM;
  const isLesson = useLesson((one) => one.open !== null);
  const ofSettings = held(chosenRail ?? (isWide ? RAIL.wide : RAIL.normal), RAIL.least, RAIL.most);
  const rail = isLesson ? LESSON.rail : ofSettings;
  const usual = isLesson ? { normal: LESSON.network, wide: LESSON.wide } : NETWORK;
  const room = Math.max(NETWORK.least, (screen || window.innerWidth) - rail - LEAST_PANELS);
  const mostNetwork = Math.min(NETWORK.most, room);
  const network = held(
    (isLesson ? null : chosenNetwork) ?? (isWide ? usual.wide : usual.normal),
    NETWORK.least,
    mostNetwork,
  );
  return {
    style: { '--w-rail': `${rail}px`, '--w-net': `${network}px` } as CSSProperties,
    rail: isLesson ? null : { ...RAIL, width: rail, onChange: (railWidth) => preferences.setState({ railWidth }) },
    network: {
      least: NETWORK.least,
      most: mostNetwork,
      width: network,
      onChange: (networkWidth) => preferences.setState({ networkWidth }),
    },
  };
}

/** The line between two columns: dragged, moved by the arrow keys, restored by a double click. */
export function ColumnEdge({ label, width, least, most, onChange }: Edge & { readonly label: string }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width };
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (start.current) onChange(held(start.current.width + event.clientX - start.current.x, least, most));
  };
  const up = (): void => {
    start.current = null;
  };
  const keys = (event: KeyboardEvent): void => {
    const moves: Record<string, number | null> = {
      ArrowLeft: width - KEY_STEP,
      ArrowRight: width + KEY_STEP,
      Home: null,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const next = moves[event.key];
    onChange(next === null || next === undefined ? null : held(next, least, most));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves has a value, which hr cannot have
    <div
      className="column-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={Math.round(most)}
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onDoubleClick={() => onChange(null)}
      onKeyDown={keys}
    />
  );
}
