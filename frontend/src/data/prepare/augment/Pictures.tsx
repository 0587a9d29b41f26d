/** Pictures of one item of a frame, in rows, on one scale. */
import { useEffect, useRef } from 'react';
import { onThemeChange, paintTiles } from '../../../draw';
import type { ImageGridItem } from '../../../words/frames';
import { fitSamples, GAP } from './fit';

interface PicturesProps {
  readonly item: ImageGridItem;
  readonly label: string;
  /** Longest side of an image on the screen, CSS pixels; a clip takes the room of several. */
  readonly side: number;
  readonly columns: number;
  /** Leave out the first ones. */
  readonly from?: number;
}

export function Pictures({ item, label, side, columns, from = 0 }: PicturesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paint(canvas.current, item, { side, columns, from });
    };
    draw();
    return onThemeChange(draw);
  }, [item, side, columns, from]);
  return <canvas ref={canvas} className="augment-pictures" role="img" aria-label={label} data-item={item.node} />;
}

function paint(
  canvas: HTMLCanvasElement,
  item: ImageGridItem,
  { side, columns: squares, from }: { side: number; columns: number; from: number },
): void {
  const [num = 0, channels = 1, height = 1, width = 1] = item.images.shape;
  const { pixel, shrink, most, columns } = fitSamples(height, width, side, squares);
  const images = {
    data: item.images.data.subarray(from * channels * height * width),
    shape: [num - from, channels, height, width],
  };
  const scale = item.signed && !item.in_colour ? 'diverging' : 'gray';
  paintTiles(canvas, images, { columns, most, low: item.low, high: item.high, scale, pixel, gap: GAP / shrink });
  if (shrink === 1) return;
  canvas.style.width = `${Number.parseFloat(canvas.style.width) * shrink}px`;
  canvas.style.height = `${Number.parseFloat(canvas.style.height) * shrink}px`;
}
