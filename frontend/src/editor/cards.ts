/**
 * Which cards the network is drawn with. A layer takes the norm, activation, pooling and dropout that follow it as caps;
 * what only changes the shape is written on the edge; a folded block is one card; what joins branches, or has no layer
 * before it, is a card of its own.
 */
import type { CheckedNode } from '../generated/schemas';
import { type GroupOf, INPUT } from './graph';
import { DECODER_INPUT, isData, nodeOf } from './sources';

export interface Card {
  /** Name of its first node, which names the card. */
  readonly id: string;
  readonly node: CheckedNode;
  readonly caps: readonly CheckedNode[];
  /** All its nodes. */
  readonly members: readonly CheckedNode[];
  /** The block that is folded into it. */
  readonly block: string | null;
  /** True for what joins branches and has no numbers of its own: it is drawn small. */
  readonly isJoin: boolean;
}

export interface Wire {
  /** Card (or data) that it comes from, and the port that it leaves by. */
  readonly from: string;
  readonly port: string | null;
  readonly to: string;
  /** The edges of the graph that it stands for, from the first on: `index` counts the inputs of the node `to`. */
  readonly edges: readonly { readonly to: string; readonly index: number }[];
  /** Shape that flows, and what happens on the way: each entry is one step of `50×2×2 → flatten → 200`. */
  readonly shape: readonly number[] | null;
  readonly via: readonly CheckedNode[];
}

export interface Drawing {
  /** Data that is read: nearly always `input` alone. */
  readonly data: readonly string[];
  readonly cards: readonly Card[];
  readonly wires: readonly Wire[];
  /** Name of the card or, for what lies on an edge, of the card behind it, by node. */
  readonly cardOf: ReadonlyMap<string, string>;
}

export interface Drawn {
  /** Block by node, for blocks that are drawn as one card. */
  readonly folded: ReadonlyMap<string, string>;
  /** Nodes that lie on an edge otherwise, and get a card now, since they are selected. */
  readonly alone: readonly string[];
}

const CAPS = new Set(['norm', 'activation', 'pooling', 'regularisation']);
const ON_EDGE = new Set(['shape']);
const JOINS = new Set(['combine']);
const ALL_OPEN: Drawn = { folded: new Map(), alone: [] };

interface Building {
  readonly id: string;
  readonly node: CheckedNode;
  readonly caps: CheckedNode[];
  readonly members: CheckedNode[];
  readonly block: string | null;
  readonly isJoin: boolean;
}

/** Cards and wires of checked nodes. */
export function draw(
  nodes: readonly CheckedNode[],
  inputShape: readonly number[],
  groupOf: GroupOf,
  { folded, alone }: Drawn = ALL_OPEN,
): Drawing {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const numReaders = new Map<string, number>();
  for (const source of nodes.flatMap((node) => node.inputs.map(nodeOf)))
    numReaders.set(source, (numReaders.get(source) ?? 0) + 1);

  const cards = new Map<string, Building>();
  const cardOf = new Map<string, string>([INPUT, DECODER_INPUT].map((name) => [name, name]));
  /** The last node of a card, whose value leaves it. */
  const tailOf = new Map<string, string>();
  const blockCards = new Map<string, string>();
  const onEdge = new Set<string>();

  const begin = (node: CheckedNode, block: string | null): void => {
    const isJoin = block === null && JOINS.has(groupOf(node.kind)) && !(node.parameters > 0) && node.inputs.length > 1;
    cards.set(node.id, { id: node.id, node, caps: [], members: [node], block, isJoin });
    cardOf.set(node.id, node.id);
    tailOf.set(node.id, node.id);
    if (block !== null) blockCards.set(block, node.id);
  };
  const join = (card: Building, node: CheckedNode): void => {
    card.members.push(node);
    cardOf.set(node.id, card.id);
    tailOf.set(card.id, node.id);
  };

  for (const node of nodes) {
    const block = folded.get(node.id) ?? null;
    const [before, ...more] = node.inputs;
    const follows = more.length === 0 && before !== undefined && numReaders.get(before) === 1 ? before : undefined;
    const card = follows === undefined ? undefined : cards.get(cardOf.get(follows) ?? '');
    const blockCard = block === null ? undefined : cards.get(blockCards.get(block) ?? '');
    if (blockCard) join(blockCard, node);
    else if (block !== null) begin(node, block);
    else if (card && card.block === null && follows === tailOf.get(card.id) && CAPS.has(groupOf(node.kind))) {
      card.caps.push(node);
      join(card, node);
    } else if (isOnEdge(node)) onEdge.add(node.id);
    else begin(node, null);
  }

  const wires = [...cards.values()].flatMap((card) =>
    card.members.flatMap((node) =>
      node.inputs.flatMap((input, index) =>
        cardOf.get(nodeOf(input)) === card.id ? [] : [wireTo(card.id, node.id, index, input)],
      ),
    ),
  );
  const data = [INPUT, DECODER_INPUT].filter((name) => name === INPUT || wires.some((wire) => wire.from === name));
  return { data, cards: [...cards.values()], wires: withoutDoubles(wires, cards), cardOf };

  function isOnEdge(node: CheckedNode): boolean {
    const isPlain = ON_EDGE.has(groupOf(node.kind)) && !(node.parameters > 0) && node.inputs.length === 1;
    return isPlain && numReaders.get(node.id) === 1 && !alone.includes(node.id);
  }

  function wireTo(to: string, reader: string, index: number, input: string): Wire {
    const via: CheckedNode[] = [];
    const edges = [{ to: reader, index }];
    let source = input;
    while (onEdge.has(source)) {
      const node = byId.get(source);
      if (!node) break;
      via.unshift(node);
      edges.unshift({ to: node.id, index: 0 });
      cardOf.set(source, to);
      source = node.inputs[0] ?? INPUT;
    }
    const id = nodeOf(source);
    const port = source === id ? null : source.slice(id.length + 1);
    const node = byId.get(id);
    const shape = isData(id) ? inputShape : ((port === null ? node?.output_shape : node?.ports?.[port]) ?? null);
    return { from: cardOf.get(id) ?? INPUT, port, to, edges, shape, via };
  }
}

/** A folded block that reads the same thing twice, as for its skip, is drawn with one wire. */
function withoutDoubles(wires: readonly Wire[], cards: ReadonlyMap<string, Building>): Wire[] {
  const seen = new Set<string>();
  return wires.filter((wire) => {
    if (cards.get(wire.to)?.block === null) return true;
    const key = `${wire.from} ${wire.port} ${wire.to}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** True where every card reads just the card above it: then the cards are a plain column. */
export function isColumn(drawing: Drawing): boolean {
  let before = INPUT;
  for (const card of drawing.cards) {
    const wires = drawing.wires.filter((wire) => wire.to === card.id);
    if (wires.length !== 1 || wires[0]?.from !== before) return false;
    before = card.id;
  }
  return true;
}
