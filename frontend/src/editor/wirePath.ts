/** Lines of the wires: their path, their middle, which one is nearest, and where their words stand. */
import type { Point, Route } from './places';

export interface WireWords {
  readonly text: string;
  readonly isBad: boolean;
  /** What lies on the wire, such as flatten: pressed, it is selected. */
  readonly via: readonly { readonly id: string; readonly text: string }[];
}

export interface PlacedWords {
  readonly words: WireWords;
  /** How far above its usual place it stands. */
  readonly lift: number;
}

export const NO_WORDS: WireWords = { text: '', isBad: false, via: [] };
const LINE = 13;

/** A line that leaves each corner straight down. */
export function pathOf(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (!start) return '';
  let from = start;
  const parts = [`M${start.x},${start.y}`];
  for (const point of rest) {
    const middle = (from.y + point.y) / 2;
    const isStraight = Math.abs(from.x - point.x) < 1;
    parts.push(
      isStraight ? `L${point.x},${point.y}` : `C${from.x},${middle} ${point.x},${middle} ${point.x},${point.y}`,
    );
    from = point;
  }
  return parts.join('');
}

/** The middle of the longest part of a line. */
export function middleOf(points: readonly Point[]): Point {
  let best = { x: points[0]?.x ?? 0, y: points[0]?.y ?? 0, length: -1 };
  points.slice(1).forEach((end, index) => {
    const start = points[index] as Point;
    const length = Math.abs(end.y - start.y) + Math.abs(end.x - start.x);
    if (length > best.length) best = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2, length };
  });
  return { x: best.x, y: best.y };
}

function distance({ x, y }: Point, start: Point, end: Point): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const along = ((x - start.x) * dx + (y - start.y) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - start.x - share * dx, y - start.y - share * dy);
}

/** The wire nearest to a point, within `reach`; null where there is none. */
export function nearestRoute(routes: readonly Route[], point: Point, reach: number): number | null {
  let best: { index: number; far: number } | null = null;
  routes.forEach(({ points }, index) => {
    points.slice(1).forEach((end, at) => {
      const far = distance(point, points[at] as Point, end);
      if (far <= reach && (best === null || far < best.far)) best = { index, far };
    });
  });
  return (best as { index: number } | null)?.index ?? null;
}

/** Where several wires end at one card, the same words stand once, at the right, and others above them. */
export function placeWords(routes: readonly Route[], words: readonly WireWords[]): PlacedWords[] {
  const endOf = (index: number): number => routes[index]?.points.at(-1)?.x ?? 0;
  return routes.map((route, index) => {
    const own = words[index] ?? NO_WORDS;
    // Ends that have names stand well apart.
    if (route.part !== null) return { words: own, lift: 0 };
    const right = routes.flatMap((other, at) =>
      other.to === route.to && endOf(at) > endOf(index) ? [words[at]?.text] : [],
    );
    if (right.includes(own.text)) return { words: NO_WORDS, lift: 0 };
    return { words: own, lift: LINE * new Set(right).size };
  });
}
