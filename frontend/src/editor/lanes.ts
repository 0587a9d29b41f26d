/** Cards one below the other, and what skips some of them in lanes at the left. */
import type { Drawing } from './cards';
import {
  feetAt,
  footOf,
  inOrder,
  type Layout,
  type Measures,
  namedHeads,
  numSlots,
  type Place,
  PORT,
  type Point,
  type Port,
  SMALL_WIDTH,
  SWING,
  showsNames,
  slots,
  WORDS_ROW,
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
function headsOf(names: readonly string[], count: number, laneOf: (slot: number) => number | null | undefined): Port[] {
  if (names.length > 1) return namedHeads(names, (slot) => laneOf(slot) !== undefined);
  const all = Array.from({ length: Math.max(count, names.length) }, (_, slot) => slot);
  const fromRight = [...all].sort((a, b) => (laneOf(a) ?? -1) - (laneOf(b) ?? -1));
  const room = Math.min(APART, (PORT - 4) / Math.max(1, count - 1));
  return all.map((slot) => ({ x: PORT - room * fromRight.indexOf(slot), label: null, isUsed: true }));
}

interface Around {
  readonly above: number;
  readonly below: number;
}

export function column(drawing: Drawing, measures: Measures): Layout {
  const { width, gap, heightOf, endsOf, isSmall } = measures;
  const lanes = lanesOf(drawing);
  const slotOf = slots(drawing);
  const counts = numSlots(drawing, slotOf);
  const left = numLanes(lanes) * LANE;
  const places = new Map<string, Place>();
  const rooms = new Map<string, Around>();
  let y = 0;
  let below = 0;
  let leaves = false;
  for (const id of inOrder(drawing)) {
    const height = heightOf(id);
    const laneOf = (slot: number): number | null | undefined =>
      lanes[drawing.wires.findIndex((wire, index) => wire.to === id && slotOf[index] === slot)];
    const isUsed = (foot: number): boolean =>
      drawing.wires.some((wire) => wire.from === id && footOf(endsOf(id), wire.port) === foot);
    const heads = headsOf(endsOf(id).inputs, counts.get(id) ?? 1, laneOf);
    const feet = feetAt(PORT, endsOf(id), isUsed);
    const around = {
      above: showsNames(heads) ? WORDS_ROW + SWING : 0,
      below: showsNames(feet) ? WORDS_ROW + SWING - 4 : 0,
    };
    rooms.set(id, around);
    // Where one wire swings away and another comes, each has its own height.
    const arrives = drawing.wires.some((wire, index) => wire.to === id && lanes[index] !== null);
    if (places.size > 0)
      y += gapOf(below, around.above, leaves, gap) + (leaves && arrives && !around.above ? SWING : 0);
    const own = isSmall(id) ? Math.min(width - left, SMALL_WIDTH) : width - left;
    places.set(id, { id, x: left, y, width: own, height, heads, feet });
    y += height;
    below = around.below;
    leaves = drawing.wires.some((wire, index) => wire.from === id && lanes[index] !== null);
  }
  const routes = drawing.wires.map(({ from, to, port }, index) => {
    const source = places.get(from) as Place;
    const target = places.get(to) as Place;
    const leaves = source.feet[footOf(endsOf(from), port)];
    const ends = target.heads[slotOf[index] ?? 0];
    const foot = { x: left + (leaves?.x ?? PORT), y: source.y + source.height };
    const head = { x: left + (ends?.x ?? PORT), y: target.y };
    const part = showsNames(target.heads) ? (ends?.label ?? null) : null;
    const lane = lanes[index] ?? null;
    const out = straight(foot, rooms.get(from)?.below ?? 0);
    const into = straight(head, -(rooms.get(to)?.above ?? 0));
    const [beginning, end] = [out.at(-1) as Point, into.at(-1) as Point];
    if (lane === null) {
      const isStraight = foot.x === head.x;
      return { from, to, part, points: isStraight ? [foot, head] : [...out, ...into.reverse()] };
    }
    const x = left - lane * LANE - LANE / 2;
    const start = { x, y: beginning.y + (out.length > 1 ? SWING - 4 : gap - 4) };
    const arrives = { x, y: end.y - (into.length > 1 ? SWING : gap - 4) };
    return { from, to, part, points: [...out, start, arrives, ...into.reverse()] };
  });
  return { places, routes, width, height: y, isColumn: true };
}

/** Between two cards: where names stand below one or above the next, or a wire swings away, there is room for each. */
function gapOf(below: number, above: number, leaves: boolean, gap: number): number {
  if (below === 0 && above === 0) return gap;
  return Math.max(gap, (below || (leaves ? SWING : 0)) + (above || gap));
}

/** An end of a wire, and where it has run straight beside its words. */
const straight = (end: Point, room: number): Point[] =>
  room === 0 ? [end] : [end, { x: end.x, y: end.y + Math.sign(room) * WORDS_ROW }];
