/** The picture of one unit: its value over the plane. */
import { theme } from '../draw';
import type { ImageGridItem } from '../stores/frames';
import type { Column } from './stack';

export function wipe(button: HTMLElement, canvas: HTMLCanvasElement): void {
  delete button.dataset.digest;
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}

/**
 * Ends of the scale of a layer: shares from 0 to 1, anything else equally far to both sides of 0. Where nothing bounds
 * the values they end at twice their root mean square, so that a few high corners do not leave all the rest pale.
 */
export function endsOf(
  column: Column,
  item: ImageGridItem,
  values: ArrayLike<number>,
  hasClasses: boolean,
): readonly [number, number] {
  if (column.part === 'output' && hasClasses) return [0, 1];
  // Features are different quantities: each has a scale of its own.
  if (column.part === 'input') return [-largest(values), largest(values)];
  const most = Math.max(Math.abs(item.low), Math.abs(item.high)) || 1;
  const far = column.part === 'hidden' ? Math.min(most, 2 * rootMeanSquare(item.images.data)) || most : most;
  return [-(column.bound ?? far), column.bound ?? far];
}

export function paintTile(
  canvas: HTMLCanvasElement,
  item: ImageGridItem,
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
): void {
  const [, , height = 1, width = 1] = item.images.shape;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = theme().soft;
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = scale.pixel(((values[i] as number) - low) / (high - low));
  context.putImageData(image, 0, 0);
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i] as number));
  return most || 1;
}

function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}
