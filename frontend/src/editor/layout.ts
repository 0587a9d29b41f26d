/** Where the cards lie: one column with skips beside it, or, where many branches run side by side, ranks. */
import { layout as arrange, Graph } from '@dagrejs/dagre';
import type { Drawing } from './cards';
import { column, lanesOf, MOST_LANES, numLanes } from './lanes';
import {
  feetAt,
  footOf,
  inOrder,
  type Layout,
  type Measures,
  NAMED_APART,
  namedHeads,
  numSlots,
  type Place,
  PORT,
  type Point,
  type Port,
  type Route,
  showsNames,
  slots,
} from './places';

const RANKED_WIDTH = 192;
/** Data is told of in a line of words. */
const DATA_WIDTH = 288;
/** Between the ends of two wires at the head of one card. */
const PORTS_APART = 28;
const BESIDE = 14;
/** Room for the words on an edge between two ranks. */
const RANK_ROOM = 44;

export function place(drawing: Drawing, measures: Measures): Layout {
  return numLanes(lanesOf(drawing)) <= MOST_LANES ? column(drawing, measures) : ranked(drawing, measures);
}

function ranked(drawing: Drawing, measures: Measures): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: RANK_ROOM, marginx: 0, marginy: 0 });
  for (const id of inOrder(drawing)) {
    const named = measures.endsOf(id).inputs.length;
    const closed = drawing.data.includes(id) ? DATA_WIDTH : RANKED_WIDTH;
    const usual = measures.isOpen(id) ? measures.width : closed;
    const width = Math.max(usual, named > 1 ? named * NAMED_APART : 0);
    graph.setNode(id, { width, height: measures.heightOf(id) });
  }
  drawing.wires.forEach(({ from, to }, index) => {
    graph.setEdge(from, to, {}, String(index));
  });
  arrange(graph);
  if (isTurnedRound(graph)) turnRound(graph);
  const bends = drawing.wires.map(({ from, to }, index) => {
    const edge = graph.edge({ v: from, w: to, name: String(index) }) as { points: Point[] };
    return edge.points.slice(1, -1);
  });
  const slotOf = slots(drawing);
  const counts = numSlots(drawing, slotOf);
  const centres = new Map(graph.nodes().map((id) => [id, graph.node(id) as Box]));
  const places = new Map<string, Place>();
  for (const [id, { x, y, width, height }] of centres) {
    const comesFrom = (slot: number): number => {
      const index = drawing.wires.findIndex((wire, at) => wire.to === id && slotOf[at] === slot);
      return bends[index]?.at(-1)?.x ?? centres.get(drawing.wires[index]?.from ?? '')?.x ?? x;
    };
    const ends = measures.endsOf(id);
    const isRead = (slot: number): boolean => drawing.wires.some((wire, at) => wire.to === id && slotOf[at] === slot);
    const isUsed = (foot: number): boolean =>
      drawing.wires.some((wire) => wire.from === id && footOf(ends, wire.port) === foot);
    const heads =
      ends.inputs.length > 1 ? namedHeads(ends.inputs, isRead) : headsOf(counts.get(id) ?? 1, width, comesFrom);
    const feet = feetAt(ends.outputs.length > 0 ? PORT : width / 2, ends, isUsed);
    places.set(id, { id, x: x - width / 2, y: y - height / 2, width, height, heads, feet });
  }
  return shifted(places, routed(drawing, places, bends, slotOf, measures));
}

/** True where more of the cards side by side lie right of what comes later in the network than left of it. */
function isTurnedRound(graph: Graph): boolean {
  const boxes = graph.nodes().map((id) => graph.node(id) as Box);
  const turns = boxes.flatMap((one, index) =>
    boxes.slice(index + 1).flatMap((later) => (later.y === one.y ? [Math.sign(one.x - later.x)] : [])),
  );
  return turns.reduce((sum, turn) => sum + turn, 0) > 0;
}

function turnRound(graph: Graph): void {
  for (const id of graph.nodes()) graph.node(id).x *= -1;
  for (const edge of graph.edges()) for (const point of graph.edge(edge).points) point.x *= -1;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Several wires that end at one card spread over its head, in the order in which they come. */
function headsOf(count: number, width: number, comesFrom: (slot: number) => number): Port[] {
  const all = Array.from({ length: count }, (_, slot) => slot);
  const ordered = [...all].sort((a, b) => comesFrom(a) - comesFrom(b));
  const apart = Math.min(PORTS_APART, (width - 16) / Math.max(1, count - 1));
  return all.map((slot) => ({
    x: width / 2 + (ordered.indexOf(slot) - (count - 1) / 2) * apart,
    label: null,
    isUsed: true,
  }));
}

function routed(
  drawing: Drawing,
  places: ReadonlyMap<string, Place>,
  bends: readonly (readonly Point[])[],
  slotOf: readonly number[],
  { endsOf }: Measures,
): Route[] {
  return drawing.wires.map(({ from, to, port }, index) => {
    const source = places.get(from) as Place;
    const target = places.get(to) as Place;
    const foot = { x: source.x + (source.feet[footOf(endsOf(from), port)]?.x ?? 0), y: source.y + source.height };
    const head = { x: target.x + (target.heads[slotOf[index] ?? 0]?.x ?? 0), y: target.y };
    const isLong = target.y - foot.y > RANK_ROOM + 1;
    const part = showsNames(target.heads) ? (target.heads[slotOf[index] ?? 0]?.label ?? null) : null;
    return { from, to, part, points: isLong ? [foot, ...(bends[index] ?? []), head] : [foot, head] };
  });
}

/** Moved so that nothing lies left of 0. */
function shifted(places: ReadonlyMap<string, Place>, routes: readonly Route[]): Layout {
  const all = [...places.values()];
  const corners = routes.flatMap((route) => route.points.map((point) => point.x));
  const left = Math.min(...corners.map((x) => x - 4), ...all.map((one) => one.x));
  const right = Math.max(...corners.map((x) => x + 4), ...all.map((one) => one.x + one.width));
  const move = (points: readonly Point[]): Point[] => points.map(({ x, y }) => ({ x: x - left, y }));
  return {
    places: new Map(all.map((one) => [one.id, { ...one, x: one.x - left }])),
    routes: routes.map((route) => ({ ...route, points: move(route.points) })),
    width: right - left,
    height: Math.max(...all.map((one) => one.y + one.height)),
    isColumn: false,
  };
}
