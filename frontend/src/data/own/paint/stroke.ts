/** What a hand paints on the plane between two lifts: points along its way, sprayed around it, or wiped out under it. */
import type { PaintedPoint } from '../../../stores/own';

/** The plane reaches from −EDGE to EDGE in both directions, as that of the other sets of points does. */
export const EDGE = 6;
export const MOST_POINTS = 2000;
export const MOST_CLASSES = 8;
/** Between two points of a line. */
const GAP = 0.35;
/** Sprayed at once, for each square unit under the brush. */
const DENSITY = 0.6;

export type Tool = 'brush' | 'spray' | 'erase';

export interface Brush {
  readonly tool: Tool;
  /** The class, counted from 0. */
  readonly number: number;
  /** Of what is sprayed or wiped out. */
  readonly radius: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Two decimals are finer than a pixel, and keep the experiment short as text. */
const rounded = (value: number): number => Math.round(100 * Math.min(EDGE, Math.max(-EDGE, value))) / 100 + 0;

export class Stroke {
  points: readonly PaintedPoint[];
  readonly #brush: Brush;
  readonly #random: () => number;
  #last: Place | null = null;

  /** @param random Numbers in [0, 1): where sprayed points fall. */
  constructor(before: readonly PaintedPoint[], brush: Brush, random: () => number = Math.random) {
    this.points = before;
    this.#brush = brush;
    this.#random = random;
  }

  /** The hand comes to a place. */
  to(place: Place): void {
    const { tool, radius } = this.#brush;
    const last = this.#last;
    if (tool === 'brush') this.#line(last, place);
    else if (tool === 'erase') for (const at of between(last, place, radius / 2)) this.#wipe(at);
    else for (const at of between(last, place, radius)) this.#spray(at);
  }

  /** The hand rests where it is: a spray goes on. */
  rest(): void {
    if (this.#brush.tool === 'spray' && this.#last) this.#spray(this.#last);
  }

  #line(last: Place | null, place: Place): void {
    for (const at of between(last, place, GAP)) {
      this.#add(at);
      this.#last = at;
    }
  }

  #spray(middle: Place): void {
    this.#last = middle;
    const { radius } = this.#brush;
    const count = Math.max(1, Math.round(DENSITY * Math.PI * radius ** 2));
    for (let i = 0; i < count; i += 1) {
      const [far, angle] = [radius * Math.sqrt(this.#random()), 2 * Math.PI * this.#random()];
      this.#add({ x: middle.x + far * Math.cos(angle), y: middle.y + far * Math.sin(angle) });
    }
  }

  #wipe(middle: Place): void {
    this.#last = middle;
    const { radius } = this.#brush;
    const left = this.points.filter(([x, y]) => Math.hypot(x - middle.x, y - middle.y) > radius);
    if (left.length < this.points.length) this.points = left;
  }

  /** Points beside the plane are left out. */
  #add({ x, y }: Place): void {
    if (this.points.length >= MOST_POINTS || Math.abs(x) > EDGE || Math.abs(y) > EDGE) return;
    this.points = [...this.points, [rounded(x), rounded(y), this.#brush.number]];
  }
}

/** Places on the way, `gap` apart, beginning a gap behind `last`; the place itself where there is no last one. */
function between(last: Place | null, place: Place, gap: number): Place[] {
  if (!last) return [place];
  const [dx, dy] = [place.x - last.x, place.y - last.y];
  const far = Math.hypot(dx, dy);
  const count = Math.floor(far / gap + 1e-9);
  return Array.from({ length: count }, (_, i) => {
    const share = ((i + 1) * gap) / far;
    return { x: last.x + share * dx, y: last.y + share * dy };
  });
}

/** How many points each class has, up to the highest that is painted; at least two classes. */
export function countsOf(points: readonly PaintedPoint[]): number[] {
  const counts = [0, 0];
  for (const [, , number] of points) {
    while (counts.length <= number) counts.push(0);
    counts[number] = (counts[number] as number) + 1;
  }
  return counts;
}
