/** Pictures of one item of a frame, in rows, on one scale. */
import { useEffect, useRef } from 'react';
import { onThemeChange, paintTiles } from '../../../draw';
import type { CheckedData } from '../../../generated/schemas';
import { usePage } from '../../../session/react';
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
  const frames = usePage((page) => framesOf(page.check?.data ?? page.preview?.data));
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paint(canvas.current, item, { side, columns, from, frames });
    };
    draw();
    return onThemeChange(draw);
  }, [item, side, columns, from, frames]);
  return <canvas ref={canvas} className="augment-pictures" role="img" aria-label={label} data-item={item.node} />;
}

/** Of a clip; of an image 1. */
const framesOf = (data: CheckedData | undefined): number =>
  data?.input_kind === 'video' ? (data.input_shape[0] ?? 1) : 1;

function paint(
  canvas: HTMLCanvasElement,
  item: ImageGridItem,
  { side, columns: squares, from, frames }: { side: number; columns: number; from: number; frames: number },
): void {
  const [num = 0, channels = 1, height = 1, width = 1] = item.images.shape;
  const { pixel, shrink, most, columns } = fitSamples(height, width, side, squares);
  const images = {
    data: item.images.data.subarray(from * channels * height * width),
    shape: [num - from, channels, height, width],
  };
  const scale = item.signed && !item.in_colour ? 'diverging' : 'gray';
  paintTiles(canvas, images, { columns, most, low: item.low, high: item.high, scale, pixel, gap: GAP / shrink });
  if (width % frames === 0) partFrames(canvas, { strip: width * pixel, frames, columns, gap: GAP / shrink });
  if (shrink === 1) return;
  canvas.style.width = `${Number.parseFloat(canvas.style.width) * shrink}px`;
  canvas.style.height = `${Number.parseFloat(canvas.style.height) * shrink}px`;
}

interface Strips {
  /** Width of one, CSS pixels as drawn. */
  readonly strip: number;
  readonly frames: number;
  readonly columns: number;
  readonly gap: number;
}

/** A hair of the ground between the frames of a strip. */
function partFrames(canvas: HTMLCanvasElement, { strip, frames, columns, gap }: Strips): void {
  const context = canvas.getContext('2d');
  const scale = canvas.width / Number.parseFloat(canvas.style.width);
  for (let column = 0; column < columns; column += 1)
    for (let frame = 1; frame < frames; frame += 1) {
      const left = column * (strip + gap) + (frame * strip) / frames;
      context?.clearRect(Math.round(left * scale), 0, Math.max(1, Math.round(scale)), canvas.height);
    }
}
