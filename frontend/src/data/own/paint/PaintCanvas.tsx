/** The plane itself: painted on by pointer and by keys, over what the network answers while it trains. */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { onThemeChange } from '../../../draw';
import { Redraw } from '../../../draw/redraw';
import type { PaintedPoint } from '../../../stores/own';
import type { RunRecord } from '../../../stores/record';
import { asShape } from '../../../words/frames';
import { keyAct } from './keys';
import { paintPlane, placeAt } from './picture';
import { type Brush, countsOf, type Place, Stroke, type Tool } from './stroke';

const SPRAY_EVERY_MS = 60;
const SURFACE = 'decision_surface';

export interface PaintCanvasProps {
  readonly points: readonly PaintedPoint[];
  readonly brush: Brush;
  /** The run whose answer is shown behind the points; null while it trains on other data. */
  readonly record: RunRecord | null;
  onPaint(points: readonly PaintedPoint[]): void;
  onTool(tool: Tool): void;
  onClass(number: number): void;
}

export function PaintCanvas({ points, brush, record, onPaint, onTool, onClass }: PaintCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<Stroke | null>(null);
  const [hand, setHand] = useState<Place | null>(null);
  const [place, setPlace] = useState<Place>({ x: 0, y: 0 });
  const [isHeld, setHeld] = useState(false);
  const redraw = usePlane(host, canvas, record, () => ({
    points: stroke.current?.points ?? points,
    brush,
    hand,
  }));
  // Each drawing takes what is there when it is drawn.
  useEffect(() => redraw.current?.soon());

  useEffect(() => {
    if (!isHeld || brush.tool !== 'spray') return;
    const timer = setInterval(() => {
      stroke.current?.rest();
      redraw.current?.soon();
    }, SPRAY_EVERY_MS);
    return () => clearInterval(timer);
  }, [isHeld, brush.tool, redraw]);

  const begin = (at: Place): void => {
    stroke.current = new Stroke(points, brush);
    stroke.current.to(at);
    setHeld(true);
  };
  const end = (): void => {
    const done = stroke.current;
    setHeld(false);
    if (!done) return;
    stroke.current = null;
    onPaint(done.points);
  };
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Place => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return placeAt(clientX - box.left, clientY - box.top, box.width);
  };

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    begin(placeOf(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const between = event.nativeEvent.getCoalescedEvents?.() ?? [];
    for (const one of between.length > 0 ? between : [event]) stroke.current?.to(placeOf(one));
    setHand(placeOf(event));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const act = keyAct(event, place);
    if (!act) return;
    event.preventDefault();
    if (act.kind === 'tool') onTool(act.tool);
    else if (act.kind === 'class') onClass(act.number);
    else if (act.kind === 'move') {
      setPlace(act.to);
      setHand(act.to);
      stroke.current?.to(act.to);
    } else if (!event.repeat) begin(place);
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (event.key === ' ') end();
  };

  return (
    <div className="paint-plane" ref={host}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: all keys are the plane's own while it has the focus */}
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label="Plane to paint on. Arrow keys move the brush, Space paints while it is held, 1 to 8 choose the class, B, S and E the tool."
        data-points={points.length}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={end}
        onPointerCancel={end}
        onPointerLeave={() => setHand(null)}
        onKeyDown={onKeyDown}
        onKeyUp={onKeyUp}
        onFocus={() => setHand(place)}
        onBlur={() => {
          end();
          setHand(null);
        }}
      />
    </div>
  );
}

type Shown = Pick<Parameters<typeof paintPlane>[2], 'points' | 'brush' | 'hand'>;

/** Keeps the picture as large as its place, and as new as the run. */
function usePlane(
  host: { readonly current: HTMLDivElement | null },
  canvas: { readonly current: HTMLCanvasElement | null },
  record: RunRecord | null,
  shown: () => Shown,
) {
  const redraw = useRef<Redraw | null>(null);
  const latest = useRef(shown);
  latest.current = shown;
  useLayoutEffect(() => {
    const draw = (): void => {
      if (!canvas.current || !host.current) return;
      const { clientWidth, clientHeight } = host.current;
      const now = latest.current();
      const numClasses = Math.max(countsOf(now.points).length, now.brush.tool === 'erase' ? 0 : now.brush.number + 1);
      const surface = asShape(record?.frames.newest(SURFACE), 'surface')?.items[0] ?? null;
      canvas.current.dataset.surface = String(record?.frames.newest(SURFACE)?.step ?? '');
      paintPlane(canvas.current, Math.min(clientWidth, clientHeight), { ...now, numClasses, surface });
    };
    const drawing = new Redraw('picture', draw);
    redraw.current = drawing;
    drawing.soon();
    const watcher = new ResizeObserver(() => drawing.soon());
    if (host.current) watcher.observe(host.current);
    const unwatch = record?.frames.subscribe(drawing.request);
    const unhear = onThemeChange(() => drawing.soon());
    return () => {
      watcher.disconnect();
      unwatch?.();
      unhear();
      drawing.dispose();
    };
  }, [record, canvas, host]);
  return redraw;
}
