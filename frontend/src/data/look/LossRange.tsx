/** How the losses are spread, and the part of them that is let through: dragged over the bars, or moved by keys. */
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { formatDecade, formatNumber, onThemeChange } from '../../draw';
import { Pen } from '../../draw/canvas';
import { usePage, useWorkplace } from '../../session/react';
import type { SamplesItem } from '../../words/frames';
import { countLosses, type LossAxis, leastAt, lossAxis, mostAt, shareOf } from './losses';

const STEP = 1 / 48;
/** Narrower than this is a press, which lets all through again. */
const LEAST_WIDTH = 0.015;

export function LossRange({ item }: { readonly item: SamplesItem }) {
  const { page } = useWorkplace();
  const { least, most } = usePage((one) => one.lamp);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const start = useRef<number | null>(null);
  const axis = useStillAxis(item);
  const counts = useMemo(() => countLosses(item.loss, axis), [item, axis]);
  const [from, until] = [least === null ? 0 : shareOf(least, axis), most === null ? 1 : shareOf(most, axis)];
  useEffect(() => {
    const draw = (): void => paintBars(canvas.current, counts, from, until, item.node);
    draw();
    return onThemeChange(draw);
  }, [counts, from, until, item.node]);

  const set = (one: number, other: number): void => {
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    page.setState(({ lamp }) => ({ lamp: { ...lamp, least: leastAt(low, axis), most: mostAt(high, axis) } }));
  };
  const shareAt = (event: PointerEvent): number => {
    const area = box.current?.getBoundingClientRect();
    return area ? Math.min(1, Math.max(0, (event.clientX - area.left) / area.width)) : 0;
  };
  const onDown = (event: PointerEvent): void => {
    start.current = shareAt(event);
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent): void => {
    const at = shareAt(event);
    if (start.current !== null && Math.abs(at - start.current) > LEAST_WIDTH) set(start.current, at);
  };
  const onUp = (event: PointerEvent): void => {
    if (start.current !== null && Math.abs(shareAt(event) - start.current) <= LEAST_WIDTH) set(0, 1);
    start.current = null;
  };
  return (
    <section className="lamp-losses" aria-label="Loss">
      <p className="row">
        <b>Loss</b> <span className="xs muted">of all {item.node === 'train' ? 'training' : 'validation'} samples</span>
      </p>
      <div
        ref={box}
        className="lamp-range"
        title="Drag to look at a part; press to see all"
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
      >
        <canvas ref={canvas} />
        <Thumb label="Least loss" share={from} loss={least} onMove={(share) => set(Math.min(share, until), until)} />
        <Thumb label="Largest loss" share={until} loss={most} onMove={(share) => set(from, Math.max(share, from))} />
      </div>
      <p className="lamp-ticks xs faint num" aria-hidden="true">
        <span>{formatDecade(10 ** axis.low)}</span>
        <span>{least === null && most === null ? '' : rangeText(least, most)}</span>
        <span>{formatDecade(10 ** axis.high)}</span>
      </p>
    </section>
  );
}

export function rangeText(least: number | null, most: number | null): string {
  if (least === null) return most === null ? 'all' : `up to ${formatNumber(most, 2)}`;
  return most === null ? `from ${formatNumber(least, 2)}` : `${formatNumber(least, 2)} to ${formatNumber(most, 2)}`;
}

/** The same object while the ends are the same. */
function useStillAxis(item: SamplesItem): LossAxis {
  const { low, high } = useMemo(() => lossAxis(item.loss), [item]);
  return useMemo(() => ({ low, high }), [low, high]);
}

interface ThumbProps {
  readonly label: string;
  readonly share: number;
  /** What is let through from here, or up to here; null: all. */
  readonly loss: number | null;
  readonly onMove: (share: number) => void;
}

function Thumb({ label, share, loss, onMove }: ThumbProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const ends: Record<string, number> = { Home: 0, End: 1 };
    const step = steps[event.key];
    const next = step === undefined ? ends[event.key] : Math.min(1, Math.max(0, share + step * STEP));
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(next);
  };
  return (
    <span
      className="lamp-thumb"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={loss === null ? 'open' : formatNumber(loss, 2)}
      style={{ left: `${100 * share}%` }}
      onKeyDown={onKeyDown}
    />
  );
}

function paintBars(canvas: HTMLCanvasElement | null, counts: Uint32Array, from: number, until: number, part: string) {
  const parent = canvas?.parentElement;
  const pen = canvas && parent ? Pen.on(canvas, parent.clientWidth, parent.clientHeight) : null;
  if (!pen) return;
  const top = Math.max(1, ...counts);
  const width = pen.width / counts.length;
  counts.forEach((count, bar) => {
    if (count === 0) return;
    const middle = (bar + 0.5) / counts.length;
    const isIn = middle >= from && middle <= until;
    // The square root lets a few large losses be seen beside very many small ones.
    const height = Math.max(1, Math.sqrt(count / top) * (pen.height - 2));
    const colour = isIn ? pen.colour(part === 'train' ? 'train' : 'validation') : pen.colour('line');
    pen.rect({ x: bar * width, y: pen.height - 1 - height, width: Math.max(1, width - 1), height }, colour);
  });
  pen.line(0, pen.height - 1, pen.width, pen.height - 1, pen.colour('line-strong'));
}
