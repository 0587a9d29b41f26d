/** The corner by which a panel is dragged to another size, in cells of the grid. */
import { type PointerEvent, type ReactElement, useRef } from 'react';

export interface Span {
  readonly rows: number;
  readonly columns: number;
}

interface Props {
  readonly span: Span;
  readonly resize: (rows: number, columns: number) => void;
}

interface Start {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly span: Span;
}

/** The span whose size comes nearest to where the corner was dragged. */
export function spanAt(start: Start, x: number, y: number): Span {
  const cell = { width: start.width / start.span.columns, height: start.height / start.span.rows };
  return {
    rows: Math.max(1, Math.round((start.height + y - start.y) / cell.height)),
    columns: Math.max(1, Math.round((start.width + x - start.x) / cell.width)),
  };
}

export function PanelCorner({ span, resize }: Props): ReactElement {
  const start = useRef<Start | null>(null);
  const down = (event: PointerEvent<HTMLElement>): void => {
    const panel = event.currentTarget.closest('.panel');
    if (!panel) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const { width, height } = panel.getBoundingClientRect();
    start.current = { x: event.clientX, y: event.clientY, width, height, span };
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    if (!start.current) return;
    const to = spanAt(start.current, event.clientX, event.clientY);
    if (to.rows !== span.rows || to.columns !== span.columns) resize(to.rows, to.columns);
  };
  const up = (): void => {
    start.current = null;
  };
  // The keyboard has the same in the menu of the panel.
  return (
    <span
      className="panel-grip"
      aria-hidden="true"
      title="Drag to resize"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
    />
  );
}
