/** One image of a grid enlarged, with its values where they can be written. */
import { Pen } from '../../draw/canvas';
import { formatFixed, formatNumber } from '../../draw/format';
import { imageStack, scaleEnds } from '../../draw/tiles';
import type { GridView } from './gridView';

/** Room for the name below the image. */
export const LOUPE_FOOT = 18;

/** A value is written in a cell from this size on. */
const WRITE_FROM = 22;

/** Short enough for a cell: `.17` and `−.17`. */
const inCell = (value: number): string =>
  Math.abs(value) < 1 ? formatFixed(value, 2).replace('0.', '.') : formatNumber(value, 2);

export function paintLoupe(canvas: HTMLCanvasElement, view: GridView, index: number, cell: number): void {
  const { height, width } = imageStack(view.images);
  const pen = Pen.on(canvas, width * cell, height * cell + LOUPE_FOOT);
  if (!pen) return;
  paintImage(pen, view, index, cell);
  pen.text(view.nameOf(index), 2, height * cell + 13, { colour: pen.colour('ink-2'), most: pen.width - 4 });
}

/** One image from the top left of the pen, with its values where the cells have room. */
export function paintImage(
  pen: Pen,
  view: Pick<GridView, 'images' | 'isColour' | 'scale' | 'endsOf'>,
  index: number,
  cell: number,
  writes = true,
): void {
  const stack = imageStack(view.images);
  const size = stack.height * stack.width;
  const values = stack.data.subarray(index * stack.channels * size, (index + 1) * stack.channels * size);
  const isSigned = view.scale === 'diverging';
  const ends = view.endsOf(index);
  const [low, high] = scaleEnds(ends[0], ends[1], view.scale);
  const share = (i: number): number => ((values[i] as number) - low) / (high - low);
  const scale = pen.theme[view.scale];
  const level = (i: number): number => Math.round(255 * Math.min(1, Math.max(0, share(i))));
  for (let i = 0; i < size; i += 1) {
    const [x, y] = [(i % stack.width) * cell, Math.floor(i / stack.width) * cell];
    if (!view.isColour && Number.isNaN(values[i])) continue;
    const colour = view.isColour ? `rgb(${level(i)},${level(i + size)},${level(i + 2 * size)})` : scale.css(share(i));
    pen.rect({ x, y, width: cell, height: cell }, colour);
    if (view.isColour || !writes || cell < WRITE_FROM) continue;
    const isFar = Math.abs(share(i) - (isSigned ? 0.5 : 0)) > (isSigned ? 0.3 : 0.6);
    const ink = pen.colour(isFar ? 'ink-inverse' : 'ink');
    pen.text(inCell(values[i] as number), x + cell / 2, y + cell / 2 + 4, { align: 'center', colour: ink, most: cell });
  }
}
