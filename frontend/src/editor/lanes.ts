/** Cards one below the other, and what skips some of them in lanes at the left. */
import type { Drawing } from './cards';
import {
  feetAt,
  footOf,
  inOrder,
  type Layout,
  type Measures,
  NAMED_APART,
  numSlots,
  type Place,
  PORT,
  type Point,
  type Port,
  SMALL_WIDTH,
  slots,
} from './places';

const LANE = 16;
/** Between the ends of two wires at a card whose inputs have no names. */
const APART = 11;
/** More wires side by side are drawn as branches side by side. */
export const MOST_LANES = 2;

/** The lane of each wire, from the cards outwards; null for what goes straight to the next card. */
export function lanesOf(drawing: Drawing): (number | null)[] {
  const at = new Map(inOrder(drawing).map((id, index) => [id, index]));
  const spans = drawing.wires.map(({ from, to }) => ({ start: at.get(from) ?? 0, end: at.get(to) ?? 0 }));
  const lanes: (number | null)[] = spans.map(() => null);
  const taken: { start: number; end: number }[][] = [];
  const skips = spans.flatMap((span, index) => (span.end - span.start === 1 ? [] : [{ span, index }]));
  skips.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start));
  for (const { span, index } of skips) {
    const isFree = (lane: number): boolean =>
      (taken[lane] ?? []).every((other) => span.end <= other.start || other.end <= span.start);
    let lane = 0;
    while (!isFree(lane)) lane += 1;
    taken[lane] = [...(taken[lane] ?? []), span];
    lanes[index] = lane;
  }
  return lanes;
}

export const numLanes = (lanes: readonly (number | null)[]): number =>
  Math.max(0, ...lanes.map((lane) => (lane === null ? 0 : lane + 1)));

/** Where wires end at the head of a card: named ones in their order, others with what comes by a lane at the left. */
function headsOf(names: readonly string[], count: number, laneOf: (slot: number) => number | null): Port[] {
  const all = Array.from({ length: Math.max(count, names.length) }, (_, slot) => slot);
  if (names.length > 1) return all.map((slot) => ({ x: PORT + slot * NAMED_APART, label: names[slot] ?? null }));
  const fromRight = [...all].sort((a, b) => (laneOf(a) ?? -1) - (laneOf(b) ?? -1));
  const room = Math.min(APART, (PORT - 4) / Math.max(1, count - 1));
  return all.map((slot) => ({ x: PORT - room * fromRight.indexOf(slot), label: null }));
}

export function column(drawing: Drawing, { width, gap, heightOf, endsOf, isSmall }: Measures): Layout {
  const lanes = lanesOf(drawing);
  const slotOf = slots(drawing);
  const counts = numSlots(drawing, slotOf);
  const left = numLanes(lanes) * LANE;
  const places = new Map<string, Place>();
  let y = 0;
  for (const id of inOrder(drawing)) {
    const height = heightOf(id);
    const laneOf = (slot: number): number | null =>
      lanes[drawing.wires.findIndex((wire, index) => wire.to === id && slotOf[index] === slot)] ?? null;
    const heads = headsOf(endsOf(id).inputs, counts.get(id) ?? 1, laneOf);
    const own = isSmall(id) ? Math.min(width - left, SMALL_WIDTH) : width - left;
    places.set(id, { id, x: left, y, width: own, height, heads, feet: feetAt(PORT, endsOf(id)) });
    y += height + gap;
  }
  const routes = drawing.wires.map(({ from, to, port }, index) => {
    const above = places.get(from) as Place;
    const below = places.get(to) as Place;
    const foot = { x: left + (above.feet[footOf(endsOf(from), port)]?.x ?? PORT), y: above.y + above.height };
    const head = { x: left + (below.heads[slotOf[index] ?? 0]?.x ?? PORT), y: below.y };
    const lane = lanes[index] ?? null;
    if (lane === null) return { from, to, points: [foot, head] };
    const x = left - lane * LANE - LANE / 2;
    const points: Point[] = [foot, { x, y: foot.y + gap - 4 }, { x, y: head.y - gap + 4 }, head];
    return { from, to, points };
  });
  return { places, routes, width, height: y - gap, isColumn: true };
}
