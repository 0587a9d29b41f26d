/** A small histogram for a node card. */
import type { NdArray } from '../words/frames';
import { Pen } from './canvas';
import { type ColourName, theme } from './colours';

type Numbers = NdArray | ArrayLike<number>;

const numbers = (values: Numbers): ArrayLike<number> => ('data' in values ? values.data : values);

/**
 * Bars over their bins, a line at the foot and a tick at 0. Bars are as high as their density, so uneven bins are true.
 *
 * @param colour A token such as `ink-3`, or any CSS colour.
 */
export function paintHistogram(
  canvas: HTMLCanvasElement,
  counts: Numbers,
  edges: Numbers,
  colour: ColourName | (string & {}) = 'ink-3',
): void {
  const pen = Pen.on(canvas, canvas.clientWidth, canvas.clientHeight);
  const [heights, places] = [numbers(counts), numbers(edges)];
  const low = places[0];
  const high = places[heights.length];
  if (!pen || low === undefined || high === undefined) return;
  const span = high > low ? high - low : 1;
  const densities = Array.from(heights, (count, i) => {
    const width = (places[i + 1] as number) - (places[i] as number);
    return width > 0 ? count / width : count / span;
  });
  const top = Math.max(...densities);
  const foot = pen.height - 1;
  const fill = theme().colours[colour as ColourName] ?? colour;
  densities.forEach((density, i) => {
    if (density <= 0) return;
    const x = (((places[i] as number) - low) / span) * pen.width;
    const width = ((((places[i + 1] as number) - (places[i] as number)) / span) * pen.width || 2) - 0.8;
    const height = Math.max(0.75, (density / top) * (foot - 1));
    pen.rect({ x, y: foot - height, width: Math.max(0.7, width), height }, fill);
  });
  pen.line(0, foot, pen.width, foot, pen.colour('line-strong'));
  if (low < 0 && high > 0) {
    const zero = (-low / span) * pen.width;
    pen.line(zero, foot - 3, zero, foot, pen.colour('ink-2'));
  }
}
