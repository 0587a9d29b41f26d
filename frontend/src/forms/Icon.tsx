/** One set of outline icons, 16 px, stroke 1.6. Decoration only: the control that holds one carries the name. */

const PATHS = {
  play: 'M6 4v16l13-8z',
  pause: 'M8 5v14M16 5v14',
  step: 'M5 5v14l9-7zM18 5v14',
  stop: 'M6 6h12v12H6z',
  reset: 'M4 12a8 8 0 1 0 3-6.2M4 4v5h5',
  share: 'M12 15V4m0 0L8 8m4-4l4 4M5 13v6h14v-6',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14A8 8 0 1 1 10 4a6.500 6.500 0 0 0 10 10z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  down: 'M7 10l5 5l5-5',
  up: 'M7 14l5-5l5 5',
  right: 'M10 7l5 5l-5 5',
  left: 'M14 7l-5 5l5 5',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  live: 'M13 3L5 14h6l-1 7l8-11h-6z',
  undo: 'M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M15 14l5-5l-5-5M20 9H10a6 6 0 0 0 0 12h3',
  search: 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.500 16.500L21 21',
  warning: 'M12 4L2.500 20h19zM12 10v4M12 17h.01',
  error: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16h.01',
  info: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5M12 8h.01',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  fold: 'M7 4l5 5l5-5M7 20l5-5l5 5',
  unfold: 'M7 9l5-5l5 5M7 15l5 5l5-5',
  check: 'M5 12l5 5L20 7',
  code: 'M8 8l-5 4l5 4M16 8l5 4l-5 4',
  offline: 'M12 19h.01M8.500 15.500a5 5 0 0 1 7 0M5 12a10 10 0 0 1 5-2.700M3 3l18 18',
  dice: 'M4 4h16v16H4zM9 9h.01M15 15h.01M15 9h.01M9 15h.01',
  wrench: 'M14 7a4 4 0 0 0 5 5l-8.500 8.500a2 2 0 0 1-3-3L16 9M14 7a4 4 0 0 1 5-3l-2.500 2.500l1 1L20 5',
  settings: 'M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4',
  key: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  data: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  layers: 'M12 3l9 5l-9 5l-9-5zM3 13l9 5l9-5',
  screen: 'M3 4h18v12H3zM8 21l4-5l4 5',
  panels: 'M4 4h16v16H4zM4 11h16M12 11v9',
  history: 'M4 12a8 8 0 1 0 3-6.2M4 4v5h5M12 8v4l3 2',
  upload: 'M12 15V4m0 0l-4 4m4-4l4 4M5 15v4h14v-4',
  table: 'M4 5h16v14H4zM4 10h16M10 5v14',
  image: 'M4 5h16v14H4zM4 16l5-5l4 4l3-3l4 4M15 9h.01',
  text: 'M5 6h14M5 11h14M5 16h9',
  brush: 'M20 4L10.500 13.500M9 13c-3 0-4 2-4 4c0 1-1 2-2 2c4 2 9 1 9-3a3 3 0 0 0-3-3z',
  book: 'M4 5h6a2 2 0 0 1 2 2v13a2 2 0 0 0-2-2H4zM20 5h-6a2 2 0 0 0-2 2v13a2 2 0 0 1 2-2h6z',
  download: 'M12 4v11m0 0l-4-4m4 4l4-4M5 15v4h14v-4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const side = `calc(${size}px * var(--scale))`;
  const isFilled = name === 'play' || name === 'stop';
  return (
    <svg
      className="icon"
      style={{ width: side, height: side }}
      viewBox="0 0 24 24"
      aria-hidden="true"
      data-filled={isFilled}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
