/** A landscape from above: colours, lines of equal height, ways, the present place. */
import { type Box, type Pen, putPixels } from '../../draw/canvas';
import type { LandscapeItem } from '../../words/frames';
import { contourLine, groundPixels } from './contour';
import { type Field, valueAt } from './field';
import { footOf, headOf, type Plane, paintHatch, paintScale, paintX, paintY, paintYTitle, planeOf } from './frame';
import type { Way } from './paths';

const LEVELS = 14;
/** Points of the picture along its longer side: between them the browser blends. */
const MOST_PIXELS = 240;

export function paintGround(
  pen: Pen,
  item: LandscapeItem,
  field: Field,
  ways: readonly Way[],
  isSmall: boolean,
): Plane {
  const left = isSmall ? 0 : 34 * pen.theme.textScale;
  const right = isSmall ? 0 : 52 * pen.theme.textScale;
  const foot = isSmall ? 0 : footOf(pen);
  const head = isSmall ? 4 : headOf(pen);
  const box: Box = { x: left, y: head, width: pen.width - left - right, height: pen.height - foot - head };
  const plane = planeOf(box, ends(field.x), ends(field.y));
  paintField(pen, field, plane);
  for (const way of ways)
    paintWay(pen, way, (at) => [plane.toX(way.x[at] as number), plane.toY(way.y[at] as number)], box);
  for (const [x, y] of item.minima) paintMinimum(pen, plane.toX(x as number), plane.toY(y as number));
  if (item.place) paintPlace(pen, plane.toX(item.place[0] as number), plane.toY(item.place[1] as number));
  if (ways.length > 1) paintNames(pen, ways, box);
  if (isSmall) return plane;
  paintX(pen, plane, ...ends(field.x), item.x_title);
  paintYTitle(pen, item.y_title);
  paintY(pen, box, { low: ends(field.y)[0], high: ends(field.y)[1] }, plane.toY);
  paintScale(pen, field, { x: box.x + box.width + 10, y: box.y, width: 8, height: box.height }, item.value_title);
  return plane;
}

export const ends = (places: readonly number[]): [number, number] => [places[0] as number, places.at(-1) as number];

function paintField(pen: Pen, field: Field, plane: Plane): void {
  const { box } = plane;
  paintHatch(pen, box);
  const scale = MOST_PIXELS / Math.max(box.width, box.height);
  const [width, height] = [Math.max(2, Math.round(box.width * scale)), Math.max(2, Math.round(box.height * scale))];
  putPixels(pen.context, groundPixels(field, width, height, pen.theme.sequential), width, height, box, true);
  pen.inside(box, () => {
    pen.context.beginPath();
    for (let level = 1; level < LEVELS; level += 1) {
      for (const [x1, y1, x2, y2] of contourLine(field, valueAt(field, level / LEVELS))) {
        pen.context.moveTo(plane.toX(x1), plane.toY(y1));
        pen.context.lineTo(plane.toX(x2), plane.toY(y2));
      }
    }
    pen.context.strokeStyle = pen.colour('ink');
    pen.context.globalAlpha = 0.28;
    pen.context.lineWidth = 1;
    pen.context.stroke();
    pen.context.globalAlpha = 1;
  });
}

/** With a halo, so that it is seen on every colour of the ground. */
export function paintWay(pen: Pen, way: Way, at: (index: number) => readonly [number, number], box: Box): void {
  const { context } = pen;
  pen.inside(box, () => {
    context.beginPath();
    for (let index = 0; index < way.count; index += 1) context.lineTo(...at(index));
    context.lineJoin = 'round';
    for (const [colour, width] of [
      [pen.colour('bg-surface'), 4.5],
      [way.colour, 2],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.setLineDash(colour === way.colour ? [...way.dash] : []);
      context.stroke();
    }
    context.setLineDash([]);
    const isFew = way.steps.length <= 80;
    for (let index = 0; index < way.count; index += 1) {
      if (isFew || index === way.count - 1) paintDot(pen, ...at(index), way.colour, index === way.count - 1 ? 3.5 : 2);
    }
  });
}

function paintDot(pen: Pen, x: number, y: number, colour: string, radius: number): void {
  const { context } = pen;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.strokeStyle = pen.colour('bg-surface');
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}

/** The names cover at most this share of the height: a low panel tells them under the pointer only. */
const MOST_NAMES = 0.6;

/** Who is who, in the corner: a piece of each line and its name. */
export function paintNames(pen: Pen, ways: readonly Way[], box: Box): void {
  const line = pen.textSize + 3;
  const width = 34 + Math.max(...ways.map(({ name }) => pen.measure(name)));
  const [left, top] = [box.x + box.width - width - 3, box.y + 3];
  if (width > box.width * 0.7 || ways.length * line + 6 > box.height * MOST_NAMES) return;
  pen.context.globalAlpha = 0.88;
  pen.rect({ x: left, y: top, width, height: ways.length * line + 5 }, pen.colour('bg-surface'));
  pen.context.globalAlpha = 1;
  ways.forEach(({ name, colour, dash }, i) => {
    const y = top + (i + 1) * line - 1;
    pen.line(left + 5, y - 4, left + 25, y - 4, colour, { width: 2, dash: [...dash] });
    pen.text(name, left + 30, y, { colour: pen.colour('ink') });
  });
}

/** Where the weights are now: a ring with a point. */
export function paintPlace(pen: Pen, x: number, y: number): void {
  const { context } = pen;
  for (const [colour, width] of [
    [pen.colour('bg-surface'), 4],
    [pen.colour('ink'), 2],
  ] as const) {
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
  paintDot(pen, x, y, pen.colour('ink'), 2);
}

/** A known lowest point: a cross. */
export function paintMinimum(pen: Pen, x: number, y: number): void {
  for (const [colour, width] of [
    [pen.colour('bg-surface'), 4],
    [pen.colour('ink'), 2],
  ] as const) {
    pen.line(x - 4, y - 4, x + 4, y + 4, colour, { width });
    pen.line(x - 4, y + 4, x + 4, y - 4, colour, { width });
  }
}
