/** The name of each image below it, such as the class of a template. */
import { fromDevice, toDevice } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import { type ImageStack, imageStack, type TileFit } from '../../draw/tiles';
import type { ImageGridItem, NdArray } from '../../words/frames';
import type { Scene } from '../drawing';

/** Room that names take below each image, CSS pixels; 0 where the images have none of their own. */
export function roomForNames({ names, images }: ImageGridItem, { size }: Pick<Scene, 'size'>): number {
  const isNamed = names !== null && names.length > 0 && names.length === imageStack(images).num;
  return isNamed && size !== 'S' ? 14 * theme().textScale : 0;
}

/** Cut with … where an image is narrower than its name. */
export function paintNames(
  canvas: HTMLCanvasElement,
  images: NdArray,
  fit: TileFit,
  nameOf: (index: number) => string,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { font, textScale, colours } = theme();
  const unit = toDevice(1);
  context.font = `400 ${11 * textScale * unit}px ${font}`;
  context.textAlign = 'center';
  context.fillStyle = colours['ink-2'];
  const stack = imageStack(images);
  for (let index = 0; index < fit.shown; index += 1) {
    const { left, width, bottom } = placeOf(stack, fit, index);
    const name = clipped(context, nameOf(index), (width + fit.gap - 2) * unit);
    context.fillText(name, (left + width / 2) * unit, (bottom + 11 * textScale) * unit);
  }
}

/** Where an image lies on its canvas, CSS pixels. */
function placeOf({ width, height }: ImageStack, fit: TileFit, index: number) {
  const cell = fromDevice(toDevice(fit.pixel));
  const [column, row] = [index % fit.columns, Math.floor(index / fit.columns)];
  const [wide, high] = [width * cell, height * cell];
  return { left: column * (wide + fit.gap), width: wide, bottom: row * (high + fit.rowGap) + high };
}

function clipped(context: CanvasRenderingContext2D, name: string, most: number): string {
  if (context.measureText(name).width <= most) return name;
  let length = name.length - 1;
  while (length > 1 && context.measureText(`${name.slice(0, length)}…`).width > most) length -= 1;
  return `${name.slice(0, length)}…`;
}
