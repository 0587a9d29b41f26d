/**
 * Which cards the network is drawn with. A layer takes the norm, activation, pooling and dropout that follow it as caps;
 * flatten is written on the edge; what joins branches, or has no layer before it, is a card of its own.
 */
import type { CheckedNode } from '../generated/schemas';
import { type GroupOf, INPUT } from './graph';

export interface Card {
  /** Name of its first node, which names the card. */
  readonly id: string;
  readonly node: CheckedNode;
  readonly caps: readonly CheckedNode[];
}

export interface Wire {
  readonly from: string;
  readonly to: string;
  /** Shape that flows, and what happens on the way: each entry is one step of `50×2×2 → flatten → 200`. */
  readonly shape: readonly number[] | null;
  readonly via: readonly CheckedNode[];
}

export interface Drawing {
  readonly cards: readonly Card[];
  readonly wires: readonly Wire[];
  /** Name of the card or, for what lies on an edge, of the card behind it, by node. */
  readonly cardOf: ReadonlyMap<string, string>;
}

const CAPS = new Set(['norm', 'activation', 'pooling', 'regularisation']);
const ON_EDGE = new Set(['flatten']);

/** Cards and wires of checked nodes, which come each after those it reads. */
export function draw(nodes: readonly CheckedNode[], inputShape: readonly number[], groupOf: GroupOf): Drawing {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const numReaders = new Map<string, number>();
  for (const node of nodes) for (const input of node.inputs) numReaders.set(input, (numReaders.get(input) ?? 0) + 1);

  const cards: { id: string; node: CheckedNode; caps: CheckedNode[] }[] = [];
  const cardOf = new Map<string, string>([[INPUT, INPUT]]);
  /** The last node of a card, whose value leaves it. */
  const tailOf = new Map<string, string>([[INPUT, INPUT]]);
  const onEdge = new Set<string>();

  for (const node of nodes) {
    const [before, ...more] = node.inputs;
    const follows = more.length === 0 && before !== undefined && numReaders.get(before) === 1 ? before : undefined;
    const card = follows && cards.find((one) => one.id === cardOf.get(follows));
    if (card && follows === tailOf.get(card.id) && CAPS.has(groupOf(node.kind))) {
      card.caps.push(node);
      cardOf.set(node.id, card.id);
      tailOf.set(card.id, node.id);
    } else if (ON_EDGE.has(node.kind) && more.length === 0 && numReaders.get(node.id) === 1) {
      onEdge.add(node.id);
    } else {
      cards.push({ id: node.id, node, caps: [] });
      cardOf.set(node.id, node.id);
      tailOf.set(node.id, node.id);
    }
  }

  const wires = cards.flatMap((card) => card.node.inputs.map((input) => wireTo(card.id, input)));
  return { cards, wires, cardOf };

  function wireTo(to: string, input: string): Wire {
    const via: CheckedNode[] = [];
    let source = input;
    while (onEdge.has(source)) {
      const node = byId.get(source);
      if (!node) break;
      via.unshift(node);
      cardOf.set(source, to);
      source = node.inputs[0] ?? INPUT;
    }
    const shape = source === INPUT ? inputShape : (byId.get(source)?.output_shape ?? null);
    return { from: cardOf.get(source) ?? INPUT, to, shape, via };
  }
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
