/** The only file that knows React Flow: it places the cards, draws the wires between them, scrolls and zooms. */
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type Node,
  type NodeChange,
  type NodeProps,
  PanOnScrollMode,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Layout, Point } from './layout';

export interface WireWords {
  readonly text: string;
  readonly isBad: boolean;
}

export interface FlowProps {
  readonly layout: Layout;
  /** Size of the place for the picture. */
  readonly pane: { readonly width: number; readonly height: number };
  readonly contents: ReadonlyMap<string, ReactNode>;
  /** What stands beside each wire, in the order of the routes. */
  readonly words: readonly WireWords[];
  /** A card to bring into sight. */
  readonly shown: string | null;
  onMeasured(heights: ReadonlyMap<string, number>): void;
}

type CardNode = Node<{ content: ReactNode }, 'card'>;
type WireEdge = Edge<{ points: readonly Point[]; words: WireWords; lift: number }, 'wire'>;

const MARGIN = 16;
const TOP = 2;
const FOOT = 20;
const LEAST_ZOOM = 0.35;
/** A wide network is rather moved sideways than made smaller than this. */
const LEAST_FIT = 0.7;
const ARROW = 4;

function CardPlace({ data }: NodeProps<CardNode>) {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {data.content}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

/** A line that leaves each corner straight down. */
function pathOf(points: readonly Point[]): string {
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

function WireLine({ data }: EdgeProps<WireEdge>) {
  const points = data?.points ?? [];
  const end = points.at(-1);
  const start = points[0];
  if (!data || !end || !start) return null;
  const { text, isBad } = data.words;
  const { lift } = data;
  const foot = { x: end.x, y: end.y - ARROW };
  const tone = isBad ? 'wire bad' : 'wire';
  return (
    <>
      <BaseEdge path={pathOf([...points.slice(0, -1), foot])} className={tone} interactionWidth={0} />
      <path className={`${tone} arrow`} d={`M${end.x - 4},${end.y - 5}h8l-4,4.500z`} />
      <EdgeLabelRenderer>
        <span
          className={`wire-words num${isBad ? ' bad' : ''}`}
          style={{
            transform: `translate(${end.x + 12}px, ${Math.max((start.y + end.y) / 2, end.y - 15) - lift}px) translateY(-50%)`,
          }}
        >
          {text}
        </span>
      </EdgeLabelRenderer>
    </>
  );
}

const NO_WORDS: WireWords = { text: '', isBad: false };
const LINE = 13;

/** Where several wires end at one card, the same words stand once, at the right, and others above them. */
function placeWords(routes: Layout['routes'], words: readonly WireWords[]): { words: WireWords; lift: number }[] {
  const endOf = (index: number): number => routes[index]?.points.at(-1)?.x ?? 0;
  return routes.map((route, index) => {
    const own = words[index] ?? NO_WORDS;
    const right = routes.flatMap((other, at) =>
      other.to === route.to && endOf(at) > endOf(index) ? [words[at]?.text] : [],
    );
    if (right.includes(own.text)) return { words: NO_WORDS, lift: 0 };
    return { words: own, lift: LINE * new Set(right).size };
  });
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

function Canvas({ layout, pane, contents, words, shown, onMeasured }: FlowProps) {
  const zoom = Math.max(LEAST_FIT, Math.min(1, (pane.width - 2 * MARGIN) / layout.width));
  useViewport(layout, pane, zoom, shown);
  const nodes = [...layout.places.values()].map(
    ({ id, x, y, width }): CardNode => ({
      id,
      type: 'card',
      position: { x, y },
      width,
      // Cards are neither selected nor dragged by the flow, which would then let the pointer through.
      style: { pointerEvents: 'all' },
      data: { content: contents.get(id) ?? null },
    }),
  );
  const placed = placeWords(layout.routes, words);
  const edges = layout.routes.map(
    ({ from, to, points }, index): WireEdge => ({
      id: String(index),
      type: 'wire',
      source: from,
      target: to,
      focusable: false,
      data: { points, words: placed[index]?.words ?? NO_WORDS, lift: placed[index]?.lift ?? 0 },
    }),
  );
  const onNodesChange = (changes: NodeChange<CardNode>[]): void => {
    const heights = changes.flatMap((change) =>
      change.type === 'dimensions' && change.dimensions ? [[change.id, change.dimensions.height] as const] : [],
    );
    if (heights.length > 0) onMeasured(new Map(heights));
  };
  const right = Math.max(layout.width + MARGIN, pane.width / zoom - MARGIN);
  const foot = Math.max(layout.height + FOOT, pane.height / zoom - TOP);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      defaultViewport={{ x: MARGIN, y: TOP, zoom }}
      translateExtent={[
        [-MARGIN, -TOP],
        [right, foot],
      ]}
      minZoom={LEAST_ZOOM}
      maxZoom={2}
      panOnScroll
      panOnScrollMode={PanOnScrollMode.Free}
      zoomActivationKeyCode={['Control', 'Meta']}
      zoomOnDoubleClick={false}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      deleteKeyCode={null}
      selectionKeyCode={null}
      disableKeyboardA11y
      proOptions={NO_LINK}
    />
  );
}

/** Fits the width when the place or the network changes, and brings the chosen card into sight. */
function useViewport(layout: Layout, pane: FlowProps['pane'], zoom: number, shown: string | null): void {
  const flow = useReactFlow();
  const width = useRef(0);
  useEffect(() => {
    const isNew = width.current === 0;
    width.current = pane.width;
    const { y } = flow.getViewport();
    void flow.setViewport({ x: MARGIN, y: isNew ? TOP : y, zoom });
  }, [flow, pane.width, zoom]);
  const place = shown === null ? undefined : layout.places.get(shown);
  const top = place?.y;
  const height = place?.height;
  useEffect(() => {
    if (top === undefined || height === undefined) return;
    const view = flow.getViewport();
    const head = top * view.zoom + view.y;
    const foot = head + height * view.zoom;
    if (head < 0) void flow.setViewport({ ...view, y: view.y - head + 8 });
    else if (foot > pane.height)
      void flow.setViewport({ ...view, y: view.y - Math.min(foot - pane.height + 12, head - 8) });
  }, [flow, top, height, pane.height]);
}
