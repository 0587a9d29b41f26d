/** Which lines of a long list are in sight, so that only those are made. */
import { type RefObject, useEffect, useState } from 'react';

export interface Sight {
  readonly width: number;
  readonly height: number;
  readonly top: number;
}

export function useSight(list: RefObject<HTMLElement | null>): Sight {
  const [sight, setSight] = useState<Sight>({ width: 0, height: 0, top: 0 });
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const look = (): void =>
      setSight({ width: element.clientWidth, height: element.clientHeight, top: element.scrollTop });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [list]);
  return sight;
}

export interface Lines {
  readonly columns: number;
  /** Places of the first one in sight and of the one behind the last. */
  readonly from: number;
  readonly until: number;
  /** Height of all, CSS pixels. */
  readonly height: number;
}

/** So many lines above and below are made too, so that a slow scroll shows no gaps. */
const SPARE = 2;

/** What is in sight of `count` cells of one size in rows that fill the width. */
export function linesOf(count: number, cell: { width: number; height: number }, sight: Sight): Lines {
  const columns = Math.max(1, Math.floor(sight.width / cell.width));
  const rows = Math.ceil(count / columns);
  const first = Math.max(0, Math.floor(sight.top / cell.height) - SPARE);
  const last = Math.ceil((sight.top + sight.height) / cell.height) + SPARE;
  const from = Math.min(first * columns, Math.max(0, rows - 1) * columns);
  return { columns, from, until: Math.min(count, last * columns), height: rows * cell.height };
}
