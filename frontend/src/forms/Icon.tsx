/** The one set of icons: outlines on a 24 grid, drawn 16 or 13 px wide. */
import type { ReactElement } from 'react';

const PATHS = {
  play: 'M6 4v16l13-8z',
  pause: 'M7 5v14M17 5v14',
  step: 'M5 5v14l9-7zM18 5v14',
  stop: 'M6 6h12v12H6z',
  reset: 'M4 12a8 8 0 1 0 3-6.2M4 4v5h5',
  restart: 'M4 12a8 8 0 1 0 3-6.2M4 4v5h5',
  share: 'M12 15V4m0 0L8 8m4-4l4 4M5 13v6h14v-6',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z',
  down: 'M7 10l5 5l5-5',
  right: 'M10 7l5 5l-5 5',
  left: 'M14 7l-5 5l5 5',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  live: 'M13 3L5 14h6l-1 7l8-11h-6z',
  undo: 'M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M15 14l5-5l-5-5M20 9H10a6 6 0 0 0 0 12h3',
  search: 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.5 16.5L21 21',
  warning: 'M12 4L2.5 20h19zM12 10v4M12 17h.01',
  error: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16h.01',
  info: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5M12 8h.01',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12l5 5L20 7',
  code: 'M8 8l-5 4l5 4M16 8l5 4l-5 4',
  offline: 'M12 19h.01M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 5-2.7M3 3l18 18',
  dice: 'M4 4h16v16H4zM9 9h.01M15 15h.01M15 9h.01M9 15h.01',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  wrench: 'M14 7a4 4 0 0 0 5 5l-8.5 8.5a2 2 0 0 1-3-3L16 9M14 7a4 4 0 0 1 5-3l-2.5 2.5l1 1L20 5',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10',
} as const;

export type IconName = keyof typeof PATHS;

/** Filled where the mark is a body and not a line. */
const FILLED: ReadonlySet<string> = new Set(['live']);

export function Icon({ name, small = false }: { name: IconName; small?: boolean }): ReactElement {
  const classes = ['icon', small ? 'icon-small' : '', FILLED.has(name) ? 'icon-filled' : ''];
  return (
    <svg viewBox="0 0 24 24" className={classes.filter(Boolean).join(' ')} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
