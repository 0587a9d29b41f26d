/** A colour scale as a bar with round ends. */
import { type Pen, putPixels } from '../../draw/canvas';

export function paintBar(pen: Pen, pixels: Uint32Array, x: number, y: number, width: number, height = 6): void {
  pen.context.save();
  pen.context.beginPath();
  pen.context.roundRect(x, y, width, height, height / 2);
  pen.context.clip();
  putPixels(pen.context, pixels, pixels.length, 1, { x, y, width, height }, true);
  pen.context.restore();
}
