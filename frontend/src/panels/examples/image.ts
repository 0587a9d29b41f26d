/** One sample as a picture, with what lies over it. */
import { theme } from '../../draw/colours';
import { imageStack, paintTiles } from '../../draw/tiles';
import type { NdArray } from '../../words/frames';

/** How much of the picture the hottest place covers. */
const MOST_COVERED = 0.7;

/** The first channel, or all three of a colour picture, as one image of a stack. */
export function firstImage(image: NdArray): NdArray {
  const [channels = 1, height = 1, width = 1] = image.shape.length === 2 ? [1, ...image.shape] : image.shape;
  const kept = channels === 3 ? 3 : 1;
  return { data: image.data.slice(0, kept * height * width), shape: [1, kept, height, width] };
}

export interface Look {
  readonly low: number;
  readonly high: number;
  /** Longest side, CSS pixels. */
  readonly side: number;
  /** A rectangle to mark: top, left, height, width in pixels of the image. */
  readonly box?: readonly number[] | null;
}

/** Paints the picture with whole cells, at most `side` long. */
export function paintExample(canvas: HTMLCanvasElement, image: NdArray, heat: NdArray | null, look: Look): void {
  const one = firstImage(image);
  const { height, width } = imageStack(one);
  const pixel = Math.max(1, Math.floor((4 * look.side) / Math.max(height, width)) / 4);
  paintTiles(canvas, one, { columns: 1, low: look.low, high: look.high, scale: 'gray', pixel });
  if (heat) paintHeat(canvas, heat);
  if (look.box) paintBox(canvas, look.box, canvas.height / height);
}

/** A rectangle of the image, seen on light and on dark. */
function paintBox(canvas: HTMLCanvasElement, box: readonly number[], pixel: number): void {
  const [top = 0, left = 0, height = 0, width = 0] = box.map((one) => one * pixel);
  const context = canvas.getContext('2d');
  if (!context) return;
  const { colours } = theme();
  for (const [inset, colour] of [
    [1.5, colours['bg-surface']],
    [0.5, colours.accent],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.strokeRect(left + inset, top + inset, width - 2 * inset, height - 2 * inset);
  }
}

/** The colours of heat from none to most, as CSS. */
export function heatBar(): string {
  const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => theme().sequential.css(share));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function paintHeat(canvas: HTMLCanvasElement, heat: NdArray): void {
  const [height = 1, width = 1] = heat.shape;
  const layer = document.createElement('canvas');
  layer.width = width;
  layer.height = height;
  const [inner, context] = [layer.getContext('2d'), canvas.getContext('2d')];
  if (!inner || !context) return;
  const pixels = inner.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    const share = Math.min(1, Math.max(0, heat.data[i] as number)) || 0;
    pixels.data.set([...theme().sequential.rgb(share), Math.round(255 * MOST_COVERED * share)], 4 * i);
  }
  inner.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(layer, 0, 0, canvas.width, canvas.height);
}
