/** One image of a grid enlarged, with its values where they can be written. */
import { Pen } from '../../draw/canvas';
import { formatFixed, formatNumber } from '../../draw/format';
import { imageStack, type ScaleName, scaleEnds } from '../../draw/tiles';
import type { ImageGridItem } from '../../words/frames';

/** Room for the name below the image. */
export const LOUPE_FOOT = 18;

export const scaleOf = (item: ImageGridItem): ScaleName => (item.signed ? 'diverging' : 'count');

/** A value is written in a cell from this size on. */
const WRITE_FROM = 22;

/** Short enough for a cell: `.17` and `−.17`. */
const inCell = (value: number): string =>
  Math.abs(value) < 1 ? formatFixed(value, 2).replace('0.', '.') : formatNumber(value, 2);

export function paintLoupe(canvas: HTMLCanvasElement, item: ImageGridItem, index: number, cell: number): void {
  const stack = imageStack(item.images);
  const size = stack.height * stack.width;
  const pen = Pen.on(canvas, stack.width * cell, stack.height * cell + LOUPE_FOOT);
  if (!pen) return;
  const per = stack.channels === 3 ? 3 : 1;
  const values = stack.data.subarray(index * per * size, (index + 1) * per * size);
  const [low, high] = scaleEnds(item.low, item.high, scaleOf(item));
  const share = (i: number): number => ((values[i] as number) - low) / (high - low);
  const scale = pen.theme[scaleOf(item)];
  const level = (i: number): number => Math.round(255 * Math.min(1, Math.max(0, share(i))));
  for (let i = 0; i < size; i += 1) {
    const [x, y] = [(i % stack.width) * cell, Math.floor(i / stack.width) * cell];
    const colour = per === 3 ? `rgb(${level(i)},${level(i + size)},${level(i + 2 * size)})` : scale.css(share(i));
    pen.rect({ x, y, width: cell, height: cell }, colour);
    if (per === 1 && cell >= WRITE_FROM) {
      const isFar = Math.abs(share(i) - (item.signed ? 0.5 : 0)) > (item.signed ? 0.3 : 0.6);
      const ink = pen.colour(isFar ? 'ink-inverse' : 'ink');
      pen.text(inCell(values[i] as number), x + cell / 2, y + cell / 2 + 4, {
        align: 'center',
        colour: ink,
        most: cell,
      });
    }
  }
  const name =
    stack.channels > 3 || stack.channels === 2
      ? `${item.node} ${Math.floor(index / stack.channels) + 1}, channel ${(index % stack.channels) + 1}`
      : `${item.node} ${index + 1}`;
  pen.text(name, 2, stack.height * cell + 13, { colour: pen.colour('ink-2'), most: pen.width - 4 });
}
