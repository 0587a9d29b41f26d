/** The only file that knows React Flow: it places cards, draws the wires between them, scrolls, zooms, drags, connects. */
import {
  BaseEdge,
  type Connection,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  type FinalConnectionState,
  Handle,
  type Node,
  type NodeChange,
  type NodeProps,
  PanOnScrollMode,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useUpdateNodeInternals,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../forms/Icon';
import { LAYER_TYPE, NODE_TYPE } from './layerSearch';
import { PortName } from './PortName';
import { type Place, type Point, showsNames } from './places';
import { FAR, FOOT, fitted, LEAST_ZOOM, MARGIN, MOST_ZOOM, opening, STRIP, TOP, whole } from './sight';
import { touched, useBox } from './useBox';
import { type Looked, useViewport } from './useViewport';
import { middleOf, NO_WORDS, nearestRoute, type PlacedWords, pathOf, placeWords, type WireWords } from './wirePath';
import { ZoomButtons } from './ZoomButtons';

/** One end of a wire: a card, and which of the places at its head or foot. */
export interface End {
  readonly card: string;
  readonly place: number;
}

export interface FlowProps extends Looked {
  readonly contents: ReadonlyMap<string, ReactNode>;
  /** What stands beside each wire, in the order of the routes. */
  readonly words: readonly WireWords[];
  onMeasured(heights: ReadonlyMap<string, number>): void;
  onInsert(wire: number): void;
  onChoose(node: string): void;
  /** False for what would be a circle. */
  allows(from: End, to: End): boolean;
  onConnect(from: End, to: End): void;
  onRefused(from: End, to: End): void;
  /** The end of a wire was drawn to another card, or to nowhere. */
  onReconnect(wire: number, to: End | null): void;
  onCardDropped(card: string, wire: number): void;
  onLayerDropped(kind: string, wire: number | null): void;
  /** A cap was drawn off its card to a wire. */
  onNodeDropped(node: string, wire: number): void;
  /** A box was drawn around cards. */
  onBoxed(cards: readonly string[]): void;
}

type CardNode = Node<{ content: ReactNode; place: Place }, 'card'>;
type WireEdge = Edge<
  {
    points: readonly Point[];
    part: string | null;
    placed: PlacedWords;
    isTarget: boolean;
    insert(): void;
    choose(node: string): void;
  },
  'wire'
>;

const ARROW = 4;
/** How near to a wire something dropped must be, in pixels of the screen. */
const REACH = 40;

const headName = (place: number): string => `head${place}`;
const footName = (place: number): string => `foot${place}`;
const placeOf = (handle: string | null | undefined): number => Number(/\d+$/.exec(handle ?? '')?.[0] ?? 0);

function CardPlace({ id, data: { content, place } }: NodeProps<CardNode>) {
  const measureAgain = useUpdateNodeInternals();
  const ends = [...place.heads, ...place.feet].map((port) => port.x).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the places of the ends are what was measured
  useEffect(() => measureAgain(id), [ends, id]);
  return (
    <>
      {place.heads.map((port, index) => (
        <Handle
          key={headName(index)}
          id={headName(index)}
          type="target"
          position={Position.Top}
          style={{ left: port.x }}
          isConnectableStart={false}
        />
      ))}
      {content}
      {place.heads.map((port, index) => (
        <PortName key={index} port={port} side="head" isShown={false} />
      ))}
      {place.feet.map((port, index) => (
        <PortName key={index} port={port} side="foot" isShown={port.isUsed && showsNames(place.feet)} />
      ))}
      {place.feet.map((port, index) => (
        <Handle
          key={footName(index)}
          id={footName(index)}
          type="source"
          position={Position.Bottom}
          style={{ left: port.x }}
          isConnectableEnd={false}
        />
      ))}
    </>
  );
}

function WireLine({ data }: EdgeProps<WireEdge>) {
  const points = data?.points ?? [];
  const end = points.at(-1);
  const start = points[0];
  if (!data || !end || !start) return null;
  const { words, lift } = data.placed;
  const foot = { x: end.x, y: end.y - ARROW };
  const middle = middleOf(points);
  const tone = `wire${words.isBad ? ' bad' : ''}${data.isTarget ? ' target' : ''}`;
  const y = Math.max((start.y + end.y) / 2, end.y - 15) - lift;
  return (
    <>
      <BaseEdge path={pathOf([...points.slice(0, -1), foot])} className={tone} interactionWidth={0} />
      <path className={`${tone} arrow`} d={`M${end.x - 4},${end.y - 5}h8l-4,4.500z`} />
      <EdgeLabelRenderer>
        <span
          className={`wire-words num${words.isBad ? ' bad' : ''}`}
          style={{ transform: `translate(${end.x + 12}px, ${y}px) translateY(-50%)` }}
        >
          {data.part !== null && !words.isBad ? <b>{data.part}</b> : null}
          {words.text}
          {words.via.map(({ id, text }) => (
            <button key={id} type="button" data-node={id} onClick={() => data.choose(id)}>
              {text}
            </button>
          ))}
        </span>
        <button
          type="button"
          className="wire-plus nodrag nopan"
          data-target={data.isTarget || undefined}
          aria-label="Add a layer here"
          style={{ transform: `translate(${middle.x}px, ${middle.y}px) translate(-50%, -50%)` }}
          onClick={data.insert}
        >
          <span>
            <Icon name="plus" size={12} />
          </span>
        </button>
      </EdgeLabelRenderer>
    </>
  );
}

const NODE_TYPES = { card: CardPlace };
const EDGE_TYPES = { wire: WireLine };
/** The page asks no other host; React Flow is named in the README. */
const NO_LINK = { hideAttribution: true };

export function Flow(props: FlowProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

interface Drag {
  readonly id: string;
  readonly at: Point;
}

function Canvas(props: FlowProps) {
  const { layout, pane, contents, onMeasured } = props;
  const flow = useReactFlow();
  const isFar = useStore((store) => store.transform[2] < FAR);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [target, setTarget] = useState<number | null>(null);
  const reconnected = useRef(false);
  const zoom = fitted(layout, pane);
  const isZoomed = useStore((store) => Math.abs(store.transform[2] - zoom) > 0.01);
  useViewport(flow, props);

  const nodes = [...layout.places.values()].map((place): CardNode => {
    const isDragged = drag?.id === place.id;
    return {
      id: place.id,
      type: 'card',
      position: isDragged ? drag.at : { x: place.x, y: place.y },
      width: place.width,
      // Without a size a card is hidden until it is measured again, and loses the focus.
      measured: { width: place.width, height: place.height },
      zIndex: isDragged ? 10 : 0,
      className: isDragged ? 'dragged' : undefined,
      dragHandle: '.card-top',
      draggable: place.feet.length > 0 && contents.has(place.id),
      data: { content: contents.get(place.id) ?? null, place },
      style: { pointerEvents: 'all' },
    };
  });
  const placed = placeWords(layout.routes, props.words);
  const edges = layout.routes.map(
    ({ from, to, part, points }, index): WireEdge => ({
      id: String(index),
      type: 'wire',
      source: from,
      target: to,
      focusable: false,
      reconnectable: 'target',
      data: {
        points,
        part,
        placed: placed[index] ?? { words: NO_WORDS, lift: 0 },
        isTarget: target === index,
        insert: () => props.onInsert(index),
        choose: props.onChoose,
      },
    }),
  );
  const onNodesChange = (changes: NodeChange<CardNode>[]): void => {
    const heights = changes.flatMap((change) =>
      change.type === 'dimensions' && change.dimensions ? [[change.id, change.dimensions.height] as const] : [],
    );
    if (heights.length > 0) onMeasured(new Map(heights));
  };
  const wireAt = (event: { clientX: number; clientY: number }, without: string | null): number | null => {
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const index = nearestRoute(layout.routes, point, REACH / flow.getZoom());
    const route = index === null ? undefined : layout.routes[index];
    return route && route.from !== without && route.to !== without ? index : null;
  };
  const endsOf = (connection: Connection): { from: End; to: End } => ({
    from: { card: connection.source, place: placeOf(connection.sourceHandle) },
    to: { card: connection.target, place: placeOf(connection.targetHandle) },
  });
  const onConnectEnd = (_: unknown, { isValid, fromHandle, toHandle }: FinalConnectionState): void => {
    if (isValid !== false || !fromHandle || !toHandle) return;
    props.onRefused(
      { card: fromHandle.nodeId, place: placeOf(fromHandle.id) },
      { card: toHandle.nodeId, place: placeOf(toHandle.id) },
    );
  };
  const onDrop = (event: DragEvent): void => {
    const kind = event.dataTransfer.getData(LAYER_TYPE);
    const node = event.dataTransfer.getData(NODE_TYPE);
    const wire = wireAt(event, null);
    setTarget(null);
    if (!kind && !node) return;
    event.preventDefault();
    if (kind) props.onLayerDropped(kind, wire);
    else if (wire !== null) props.onNodeDropped(node, wire);
  };
  const box = useBox((start, end) => {
    const corners = [start, end].map((point) => flow.screenToFlowPosition(point)) as [Point, Point];
    props.onBoxed(touched(layout.places.values(), ...corners));
  });
  const side = Math.max(MARGIN, (pane.width / zoom - layout.width) / 2);
  const isNeeded = (layout.height + TOP + MARGIN) * zoom > pane.height || zoom < 1 || isZoomed;
  const foot = Math.max(layout.height + FOOT + (isNeeded ? STRIP / zoom : 0), pane.height / zoom - TOP);
  return (
    <ReactFlow
      className={isFar ? 'far' : undefined}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onMouseDownCapture={box.onMouseDownCapture}
      defaultViewport={opening(layout, pane)}
      translateExtent={[
        [-side, -TOP],
        [layout.width + side, foot],
      ]}
      minZoom={LEAST_ZOOM}
      maxZoom={MOST_ZOOM}
      panOnScroll
      panOnScrollMode={PanOnScrollMode.Free}
      zoomActivationKeyCode={['Control', 'Meta']}
      zoomOnDoubleClick={false}
      nodeDragThreshold={6}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      selectNodesOnDrag={false}
      connectOnClick={false}
      connectionRadius={26}
      reconnectRadius={7}
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      disableKeyboardA11y
      proOptions={NO_LINK}
      onNodeDrag={(event, node) => {
        setDrag({ id: node.id, at: node.position });
        const { clientX, clientY } = 'touches' in event ? (event.touches[0] as Touch) : event;
        setTarget(wireAt({ clientX, clientY }, node.id));
      }}
      onNodeDragStop={(_, node) => {
        if (target !== null) props.onCardDropped(node.id, target);
        setDrag(null);
        setTarget(null);
      }}
      isValidConnection={(connection) => {
        const { from, to } = endsOf(connection as Connection);
        return props.allows(from, to);
      }}
      onConnect={(connection) => {
        const { from, to } = endsOf(connection);
        props.onConnect(from, to);
      }}
      onConnectEnd={onConnectEnd}
      onReconnectStart={() => {
        reconnected.current = false;
      }}
      onReconnect={(edge, connection) => {
        reconnected.current = true;
        props.onReconnect(Number(edge.id), endsOf(connection).to);
      }}
      onReconnectEnd={(_, edge, __, { toHandle }) => {
        if (!reconnected.current && !toHandle) props.onReconnect(Number(edge.id), null);
      }}
      onDragOver={(event) => {
        if (![LAYER_TYPE, NODE_TYPE].some((type) => event.dataTransfer.types.includes(type))) return;
        event.preventDefault();
        setTarget(wireAt(event, null));
      }}
      onDragLeave={() => setTarget(null)}
      onDrop={onDrop}
    >
      {box.picture}
      <ZoomButtons
        isNeeded={isNeeded}
        onZoom={(factor) => void flow.zoomTo(flow.getZoom() * factor)}
        onFit={() => void flow.setViewport(whole(layout, pane))}
      />
    </ReactFlow>
  );
}
