/** Axes, ticks and the colour bar around a picture of a landscape. */
import { axisTicks } from '../../draw/axisTicks';
import type { Box, Pen } from '../../draw/canvas';
import { paintUpright } from './bar';
import { type Field, shareOf } from './field';

/** From the units of the grid to CSS pixels and back. */
export interface Plane {
  readonly box: Box;
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
  readonly fromX: (pixel: number) => number;
  readonly fromY: (pixel: number) => number;
}

export function planeOf(box: Box, [x0, x1]: readonly [number, number], [y0, y1]: readonly [number, number]): Plane {
  const [xScale, yScale] = [box.width / (x1 - x0), box.height / (y1 - y0)];
  return {
    box,
    toX: (x) => box.x + (x - x0) * xScale,
    toY: (y) => box.y + box.height - (y - y0) * yScale,
    fromX: (pixel) => x0 + (pixel - box.x) / xScale,
    fromY: (pixel) => y0 + (box.y + box.height - pixel) / yScale,
  };
}

/** Width of the switch in the foot: icons, and with words where the panel is wide. */
const switchOf = (pen: Pen): number => (pen.width >= WORDS_FROM ? 212 : 92) * pen.theme.textScale;
const WORDS_FROM = 590;
/** Height of ticks and title below the picture. */
export const footOf = (pen: Pen): number => 2 * pen.textSize + 17;
const titleLine = (pen: Pen, box: Box): number => box.y + box.height + 2 * pen.textSize + 9;

/** Room above the picture for the name of the upright axis. */
export const headOf = (pen: Pen): number => pen.textSize + 6;

/** Over the ticks at the left, as charts have it. */
export function paintYTitle(pen: Pen, title: string): void {
  pen.text(title, 0, pen.textSize, { colour: pen.colour('ink-2'), most: pen.width });
}

/** Ticks that fit so many pixels. */
const most = (length: number, each: number): number => Math.max(2, Math.min(5, Math.floor(length / each)));

export function paintX(pen: Pen, plane: Plane, low: number, high: number, title: string): void {
  const { box } = plane;
  const line = pen.textSize;
  const { values, texts } = axisTicks([low, high], most(box.width, 44));
  values.forEach((value, i) => {
    pen.text(texts[i] as string, plane.toX(value), box.y + box.height + line + 3, { align: 'center' });
  });
  // The left of this line belongs to the switch of the panel.
  const [left, y] = [switchOf(pen), titleLine(pen, box)];
  const middle = Math.max(box.x + box.width / 2, left + pen.measure(title) / 2);
  pen.text(title, middle, y, { align: 'center', colour: pen.colour('ink-2'), most: pen.width - left });
}

export interface YAxis {
  readonly low: number;
  readonly high: number;
  readonly isLog?: boolean;
  readonly hasGrid?: boolean;
}

export function paintY(pen: Pen, box: Box, axis: YAxis, toY: (value: number) => number): void {
  const { values, texts } = axisTicks([axis.low, axis.high], most(box.height, 30), axis.isLog);
  values.forEach((value, i) => {
    const y = toY(value);
    if (axis.hasGrid) pen.line(box.x, y, box.x + box.width, y, pen.colour('line-faint'));
    pen.text(texts[i] as string, box.x - 5, y + 4, { align: 'right' });
  });
}

/** Upright at the right: both ends of the scale, and ticks between them. */
export function paintScale(pen: Pen, field: Field, box: Box, title: string): void {
  const { values, texts } = axisTicks([field.low, field.high], most(box.height, 30), field.isLog);
  paintUpright(pen, pen.theme.sequential.pixels, box.x, box.y + 2, 8, box.height - 4);
  values.forEach((value, i) => {
    const y = box.y + 2 + (1 - shareOf(field, value)) * (box.height - 4);
    pen.text(texts[i] as string, box.x + 13, y + 4);
  });
  pen.text(title, pen.width - 2, titleLine(pen, box), { align: 'right', colour: pen.colour('ink-2') });
}

/** Where nothing is finite: slanted lines, so that it is no colour of the scale. */
export function paintHatch(pen: Pen, box: Box): void {
  pen.rect(box, pen.colour('bg-sunken'));
  pen.inside(box, () => {
    for (let x = box.x - box.height; x < box.x + box.width; x += 7)
      pen.line(x, box.y + box.height, x + box.height, box.y, pen.colour('line'));
  });
}
