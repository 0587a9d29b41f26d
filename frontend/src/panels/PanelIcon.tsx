/** The few icons that panels need: outlines on a 24 grid. */
import type { ReactElement } from 'react';

const PATHS: Readonly<Record<string, string>> = {
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  play: 'M6 4v16l13-8z',
  restore: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  ridges: 'M3 10c5 0 4-6 8-6s4 6 10 6M3 20c4 0 5-6 9-6s5 6 9 6',
  waterfall: 'M3 20c5 0 5-5 9-5s4 5 9 5M3 14c5 0 5-5 9-5s4 5 9 5M3 8c5 0 5-5 9-5s4 5 9 5',
  band: 'M3 12c4-1 8-5 18-5M3 17c6-1 10-4 18-5M3 8c4-1 8-5 18-5',
  heatmap: 'M4 4h7v7H4zM13 13h7v7h-7zM13 4h7v7h-7zM4 13h7v7H4z',
  again: 'M19 12a7 7 0 1 1-2.05-4.95L19 9M19 4v5h-5',
  sliders: 'M4 8h9M17 8h3M15 6v4M4 16h3M11 16h9M9 14v4',
  rings: 'M7 15a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM3 19h8M13 15h8',
  curve: 'M3 20c3-14 6-14 9-9s5 4 9 3',
  block: 'M4 9l5-4h11v10l-5 4H4zM4 9h11v10M15 9l5-4',
  check: 'M5 12l5 5L20 7',
};

export function PanelIcon({ name }: { name: string }): ReactElement {
  return (
    <svg viewBox="0 0 24 24" className="panel-icon" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
