/** A canvas that draws the newest frames, outside React, while it can be seen. */
import { useEffect, useRef } from 'react';
import { onThemeChange } from '../draw';
import { film } from '../draw/film';
import { Redraw } from '../draw/redraw';
import { usePage } from '../session/react';
import type { FrameStore } from '../stores/frames';
import type { RunRecord } from '../stores/record';

export interface LiveCanvasProps {
  readonly record: RunRecord | null;
  readonly className?: string;
  readonly label: string;
  /** True where the picture fills its place; otherwise the picture decides its size. */
  readonly fills?: boolean;
  /** Must be the same function from one rendering to the next, unless what it draws is something else. */
  readonly draw: (canvas: HTMLCanvasElement, frames: FrameStore | null) => void;
}

export function LiveCanvas({ record, className, label, fills = false, draw }: LiveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isClip = usePage((page) => page.check?.data?.input_kind === 'video');
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const redraw = new Redraw('picture', () => draw(element, record?.frames ?? null));
    redraw.soon();
    const leave = [
      record?.frames.subscribe(redraw.request),
      onThemeChange(redraw.soon),
      isClip ? film.subscribe(redraw.request) : null,
    ];
    // A busy page is told several changes at once, the oldest first.
    const sight = new IntersectionObserver((entries) => redraw.setVisible(entries.at(-1)?.isIntersecting ?? true));
    sight.observe(element);
    const size = new ResizeObserver(() => {
      // A drawing fixes the size of its canvas; to follow its place it must be free again.
      if (fills) element.style.width = element.style.height = '';
      redraw.soon();
    });
    if (element.parentElement) size.observe(element.parentElement);
    return () => {
      for (const one of leave) one?.();
      sight.disconnect();
      size.disconnect();
      redraw.dispose();
    };
  }, [record, draw, fills, isClip]);
  return <canvas ref={canvas} className={className} role="img" aria-label={label} />;
}
