/** What the hand does on the picture of the network: draw wires, drop cards and layers on them. */
import { useMemo } from 'react';
import { findKind } from '../forms/schema';
import { useWorkplace, type Workplace } from '../session/react';
import type { AddPlace } from '../stores/page';
import {
  addLayer,
  askForLayer,
  connectTo,
  disconnectFrom,
  mark,
  moveToEdge,
  reconnectTo,
  refuseCircle,
} from './actions';
import type { Card, Drawing, Wire } from './cards';
import { dependsOn, type Edge, find } from './edges';
import type { End, FlowProps } from './Flow';
import { type Wired, wire } from './graph';
import { isData, nodeOf } from './sources';

type Wires = Pick<
  FlowProps,
  | 'onInsert'
  | 'allows'
  | 'onConnect'
  | 'onRefused'
  | 'onReconnect'
  | 'onCardDropped'
  | 'onLayerDropped'
  | 'onNodeDropped'
  | 'onBoxed'
>;

export function useWires(drawing: Drawing): Wires {
  const workplace = useWorkplace();
  return useMemo(() => wiresOf(workplace, drawing), [workplace, drawing]);
}

function wiresOf(workplace: Workplace, drawing: Drawing): Wires {
  const byId = new Map(drawing.cards.map((card) => [card.id, card]));
  const nodesNow = (): Wired => wire(workplace.draft.getState().spec?.graph ?? []);
  const sourceOf = (end: End): string => source(workplace, byId.get(end.card), end);
  const edgeOf = (end: End): Edge | null => edgeAt(workplace, drawing, byId.get(end.card), end);
  const placeOf = (index: number): AddPlace => addPlace(drawing, index);
  return {
    onInsert: (index) => askForLayer(workplace, placeOf(index)),
    allows: (from, to) => {
      const edge = edgeOf(to);
      return edge !== null && !dependsOn(nodesNow(), nodeOf(sourceOf(from)), edge.to);
    },
    onConnect: (from, to) => {
      const edge = edgeOf(to);
      if (edge) connectTo(workplace, edge, sourceOf(from));
    },
    onRefused: (from, to) => {
      const edge = edgeOf(to);
      if (edge && from.card !== to.card) refuseCircle(workplace, edge.to, sourceOf(from));
    },
    onReconnect: (index, to) => {
      const old = drawing.wires[index]?.edges.at(-1);
      const edge = to && edgeOf(to);
      if (old && edge) reconnectTo(workplace, old, edge);
      else if (old && !to) disconnectFrom(workplace, old);
    },
    onCardDropped: (card, index) => {
      const edge = drawing.wires[index]?.edges[0];
      const ids = byId.get(card)?.members.map((node) => node.id) ?? [];
      if (edge) moveToEdge(workplace, ids, edge);
    },
    onNodeDropped: (node, index) => {
      const edge = drawing.wires[index]?.edges[0];
      if (edge) moveToEdge(workplace, [node], edge);
    },
    onBoxed: (cards) =>
      mark(
        workplace,
        cards.filter((id) => byId.has(id)),
      ),
    onLayerDropped: (kind, index) => addLayer(workplace, kind, index === null ? { kind: 'end' } : placeOf(index)),
  };
}

/** What leaves a card at a place of its foot: the value of its last node, or a port. */
function source({ page }: Workplace, card: Card | undefined, end: End): string {
  if (!card) return end.card;
  const last = card.members.at(-1)?.id ?? card.id;
  if (end.place === 0) return last;
  const kinds = page.getState().catalog?.kinds ?? [];
  const ports = (findKind(kinds, 'layer', card.node.kind)?.details.output_ports as string[] | undefined) ?? [];
  return `${card.id}.${ports[end.place - 1] ?? ''}`;
}

/** The input at a place of the head of a card. Where a kind takes more, one dropped on the card itself is added. */
function edgeAt({ page, draft }: Workplace, drawing: Drawing, card: Card | undefined, end: End): Edge | null {
  if (!card || isData(card.id)) return null;
  if (card.block !== null) return drawing.wires.filter((wire) => wire.to === card.id)[end.place]?.edges.at(-1) ?? null;
  const node = find(wire(draft.getState().spec?.graph ?? []), card.id);
  const details = findKind(page.getState().catalog?.kinds ?? [], 'layer', card.node.kind)?.details;
  const [, most = 1] = (details?.num_inputs as number[] | undefined) ?? [1, 1];
  const hasNames = ((details?.input_ports as string[] | undefined) ?? []).length > 1;
  const count = node?.inputs.length ?? 1;
  const index = !hasNames && count < most ? count : Math.min(end.place, count);
  return { to: card.id, index };
}

/** A wire that is the only one from its source stands for all that read it. */
function addPlace(drawing: Drawing, index: number): AddPlace {
  const own = drawing.wires[index] as Wire;
  const first = own.edges[0] as Edge;
  const sources = drawing.wires.filter((wire) => wire.from === own.from && wire.port === own.port);
  const card = drawing.cards.find((one) => one.id === own.from);
  const last = card ? (card.members.at(-1)?.id ?? card.id) : own.from;
  if (sources.length === 1) return { kind: 'behind', source: own.port === null ? last : `${own.from}.${own.port}` };
  return { kind: 'edge', to: first.to, index: first.index };
}
