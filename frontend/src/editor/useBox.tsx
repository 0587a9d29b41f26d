/** A box drawn with Shift on the free canvas: the cards that it touches are selected beside the others. */
import { type MouseEvent, type ReactNode, useState } from 'react';
import type { Place, Point } from './places';

interface Ends {
  readonly start: Point;
  readonly end: Point;
}

interface Box {
  /** The box while it is drawn; it stands over everything. */
  readonly picture: ReactNode;
  onMouseDownCapture(event: MouseEvent): void;
}

/** Cards that a box touches, from two opposite corners. */
export function touched(places: Iterable<Place>, a: Point, b: Point): string[] {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, foot] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return [...places]
    .filter(({ x, y, width, height }) => x <= right && x + width >= left && y <= foot && y + height >= top)
    .map(({ id }) => id);
}

/** @param onDrawn Gets two opposite corners on the screen. */
export function useBox(onDrawn: (start: Point, end: Point) => void): Box {
  const [box, setBox] = useState<Ends | null>(null);
  const onMouseDownCapture = (event: MouseEvent): void => {
    const isFree = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
    if (!event.shiftKey || event.button !== 0 || !isFree) return;
    // Otherwise the canvas would be moved.
    event.preventDefault();
    event.stopPropagation();
    const start = { x: event.clientX, y: event.clientY };
    const move = (next: globalThis.MouseEvent): void => setBox({ start, end: { x: next.clientX, y: next.clientY } });
    const up = (last: globalThis.MouseEvent): void => {
      window.removeEventListener('mousemove', move);
      setBox(null);
      onDrawn(start, { x: last.clientX, y: last.clientY });
    };
    window.addEventListener('mousemove', move);
    window.addEventListener('mouseup', up, { once: true });
  };
  return { onMouseDownCapture, picture: box ? <Drawn {...box} /> : null };
}

const Drawn = ({ start, end }: Ends) => (
  <div
    className="selection-box"
    style={{
      left: Math.min(start.x, end.x),
      top: Math.min(start.y, end.y),
      width: Math.abs(end.x - start.x),
      height: Math.abs(end.y - start.y),
    }}
  />
);
