/** Where the cards lie: one column where each card reads just the one above, otherwise ranks from top to bottom. */
import { layout as arrange, Graph } from '@dagrejs/dagre';
import { type Drawing, isColumn } from './cards';
import { INPUT } from './graph';

export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Route {
  readonly from: string;
  readonly to: string;
  /** Corners of the line from the foot of one card to the head of the next. */
  readonly points: readonly Point[];
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
}

/** Where edges leave and enter a card in a column, from its left. */
export const PORT = 28;
const RANKED_WIDTH = 236;
/** Between the ends of two wires at the head of one card. */
const PORTS_APART = 28;
const BESIDE = 20;
/** Room for the words on an edge between two ranks. */
const RANK_ROOM = 44;

export interface Measures {
  /** Width of a card that has the column for itself. */
  readonly width: number;
  /** Length of an edge in a column. */
  readonly gap: number;
  heightOf(id: string): number;
}

export function place(drawing: Drawing, measures: Measures): Layout {
  return isColumn(drawing) ? column(drawing, measures) : ranked(drawing, measures);
}

function column(drawing: Drawing, { width, gap, heightOf }: Measures): Layout {
  const places = new Map<string, Place>();
  let y = 0;
  for (const id of [INPUT, ...drawing.cards.map((card) => card.id)]) {
    const height = heightOf(id);
    places.set(id, { id, x: 0, y, width, height });
    y += height + gap;
  }
  const routes = drawing.wires.map(({ from, to }) => {
    const above = places.get(from) as Place;
    const below = places.get(to) as Place;
    return {
      from,
      to,
      points: [
        { x: PORT, y: above.y + above.height },
        { x: PORT, y: below.y },
      ],
    };
  });
  return { places, routes, width, height: y - gap };
}

function ranked(drawing: Drawing, { heightOf }: Measures): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: RANK_ROOM, marginx: 0, marginy: 0 });
  for (const id of [INPUT, ...drawing.cards.map((card) => card.id)]) {
    graph.setNode(id, { width: RANKED_WIDTH, height: heightOf(id) });
  }
  drawing.wires.forEach(({ from, to }, index) => {
    graph.setEdge(from, to, {}, String(index));
  });
  arrange(graph);
  const places = new Map<string, Place>();
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
    places.set(id, { id, x: x - width / 2, y: y - height / 2, width, height });
  }
  const bends = drawing.wires.map(({ from, to }, index) => {
    const edge = graph.edge({ v: from, w: to, name: String(index) }) as { points: Point[] };
    return edge.points.slice(1, -1);
  });
  return shifted(places, routed(drawing, places, bends));
}

/** Wires from the foot of one card to the head of the next; several that end at one card spread over its head. */
function routed(drawing: Drawing, places: ReadonlyMap<string, Place>, bends: readonly (readonly Point[])[]): Route[] {
  const comesFrom = (index: number): number => {
    const wire = drawing.wires[index] as Drawing['wires'][number];
    const source = places.get(wire.from) as Place;
    return bends[index]?.at(-1)?.x ?? source.x + source.width / 2;
  };
  return drawing.wires.map(({ from, to }, index) => {
    const source = places.get(from) as Place;
    const target = places.get(to) as Place;
    const siblings = drawing.wires.map((wire, at) => ({ wire, at })).filter(({ wire }) => wire.to === to);
    siblings.sort((a, b) => comesFrom(a.at) - comesFrom(b.at));
    const rank = siblings.findIndex(({ at }) => at === index);
    const spread = (rank - (siblings.length - 1) / 2) * PORTS_APART;
    const head = { x: target.x + target.width / 2 + spread, y: target.y };
    const foot = { x: source.x + source.width / 2, y: source.y + source.height };
    const isLong = target.y - foot.y > RANK_ROOM + 1;
    return { from, to, points: isLong ? [foot, ...(bends[index] ?? []), head] : [foot, head] };
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
  };
}
