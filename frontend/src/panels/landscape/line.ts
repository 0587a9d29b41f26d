/** The loss over a single direction: a curve, with the way of the weights and the present place on it. */
import type { Box, Pen } from '../../draw/canvas';
import { niceLimits } from '../../draw/ticks';
import type { LandscapeItem } from '../../words/frames';
import type { Field } from './field';
import { footOf, headOf, type Plane, paintX, paintY, paintYTitle, planeOf } from './frame';
import { ends, paintPlace, paintWay } from './ground';
import type { Way } from './paths';

export function paintLine(pen: Pen, item: LandscapeItem, field: Field, ways: readonly Way[], isSmall: boolean): Plane {
  const foot = isSmall ? 0 : footOf(pen);
  const left = isSmall ? 0 : 42 * pen.theme.textScale;
  const head = isSmall ? 6 : headOf(pen);
  const box: Box = { x: left, y: head, width: pen.width - left - 8, height: pen.height - foot - head };
  const scaled = field.isLog ? Math.log10 : (value: number): number => value;
  const [low, high] = field.isLog ? logLimits(field) : niceLimits(field.low, field.high, 5);
  const plane = planeOf(box, ends(field.x), [scaled(low), scaled(high)]);
  const toY = (value: number): number => plane.toY(scaled(Math.max(value, field.isLog ? low : value)));
  if (!isSmall) paintYTitle(pen, item.value_title);
  if (!isSmall) paintY(pen, box, { low, high, isLog: field.isLog, hasGrid: true }, toY);
  pen.line(box.x, box.y + box.height, box.x + box.width, box.y + box.height, pen.colour('line-strong'));
  pen.inside(box, () => paintCurve(pen, field, plane.toX, toY));
  // In one direction a point of the way stands at its own loss, which the curve need not go through.
  for (const way of ways)
    paintWay(
      pen,
      { ...way, dash: [2, 3] },
      (at) => [plane.toX(way.x[at] as number), toY(way.values?.[at] ?? Number.NaN)],
      box,
    );
  if (item.place && item.value !== null) paintPlace(pen, plane.toX(item.place[0] as number), toY(item.value));
  if (!isSmall) paintX(pen, plane, ...ends(field.x), item.x_title);
  return { ...plane, toY };
}

/** A little room below the lowest and above the highest value, so that neither lies on the edge. */
export function logLimits({ low, high }: Pick<Field, 'low' | 'high'>): [number, number] {
  const room = (high / low) ** 0.04;
  return [low / room, high * room];
}

function paintCurve(pen: Pen, field: Field, toX: (x: number) => number, toY: (value: number) => number): void {
  const { context } = pen;
  context.beginPath();
  let isDown = false;
  field.x.forEach((x, index) => {
    const value = field.values[index] as number;
    if (!Number.isFinite(value)) isDown = false;
    else if (isDown) context.lineTo(toX(x), toY(value));
    else {
      context.moveTo(toX(x), toY(value));
      isDown = true;
    }
  });
  context.strokeStyle = pen.colour('train');
  context.lineWidth = 2;
  context.stroke();
}
