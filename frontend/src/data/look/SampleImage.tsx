/** The picture of one sample, on the scale of all. */
import { useEffect, useRef } from 'react';
import { onThemeChange, paintTiles } from '../../draw';
import { film, imagesAt } from '../../draw/film';
import type { HeldSample } from '../../stores/samples';

interface SampleImageProps {
  readonly sample: HeldSample;
  /** [channels, height, width]; of a clip with its frames first. */
  readonly shape: readonly number[];
  readonly ends: readonly [number, number];
  /** Longest side on the screen, CSS pixels. */
  readonly side: number;
}

export function SampleImage({ sample, shape, ends, side }: SampleImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const frames = shape.length === 4 ? (shape[0] ?? 1) : 1;
    const draw = (): void => {
      const element = canvas.current;
      if (!element) return;
      const [channels = 1, height = 1, width = 1] = shape.slice(-3);
      const pixel = Math.max(1, Math.floor(side / Math.max(height, width)));
      const images = { data: sample.values, shape: [frames, channels, height, width] };
      const image = frames > 1 ? imagesAt(images, frames, film.frameOf(frames)) : images;
      paintTiles(element, image, { columns: 1, low: ends[0], high: ends[1], scale: 'gray', pixel });
      const scale = side / Math.max(height, width);
      element.style.width = `${width * scale}px`;
      element.style.height = `${height * scale}px`;
    };
    draw();
    const leaves = [onThemeChange(draw), frames > 1 ? film.subscribe(draw) : null];
    return () => {
      for (const leave of leaves) leave?.();
    };
  }, [sample, shape, ends, side]);
  return <canvas ref={canvas} className="lamp-image" />;
}

/** Side of a picture in the list: small ones in whole multiples of their pixels. */
export function sideOf(shape: readonly number[]): number {
  const longest = Math.max(...shape.slice(-2));
  return longest >= LARGEST ? LARGEST : longest * Math.max(1, Math.round(USUAL / longest));
}

const USUAL = 64;
const LARGEST = 96;
