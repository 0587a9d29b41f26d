/** A colour scale as an upright bar, the highest value at the top. */
import { type Pen, putPixels } from '../../draw/canvas';

export function paintUpright(pen: Pen, pixels: Uint32Array, x: number, y: number, width: number, height: number): void {
  pen.context.save();
  pen.context.beginPath();
  pen.context.roundRect(x, y, width, height, width / 2);
  pen.context.clip();
  putPixels(pen.context, Uint32Array.from(pixels).reverse(), 1, pixels.length, { x, y, width, height }, true);
  pen.context.restore();
}
