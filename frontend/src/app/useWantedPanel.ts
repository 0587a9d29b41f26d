/** Opens the panel that a key or a command asked for, filling the grid; asked again it closes. */
import { useEffect } from 'react';
import { type Arrangement, add, close, maximise } from '../panels';
import { usePage, useWorkplace } from '../session/react';

/** With the panel open and large; without it where it was. */
export function toggled(arrangement: Arrangement, id: string): Arrangement {
  return arrangement.maximised === id ? close(arrangement, id) : maximise(add(arrangement, id), id);
}

/** It takes the focus, so that its keys work at once. */
const panelOf = (id: string): HTMLElement | null => document.querySelector(`[data-panel="${CSS.escape(id)}"]`);

export function useWantedPanel(arrangement: Arrangement, arrange: (next: Arrangement) => void): void {
  const { page } = useWorkplace();
  const wanted = usePage((one) => one.wantedPanel);
  useEffect(() => {
    if (wanted === null) return;
    page.setState({ wantedPanel: null });
    const next = toggled(arrangement, wanted);
    arrange(next);
    if (next.maximised === wanted) requestAnimationFrame(() => panelOf(wanted)?.focus());
  }, [wanted, arrangement, arrange, page]);
}
