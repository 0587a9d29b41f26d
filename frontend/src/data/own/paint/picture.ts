/** The plane as it is painted on: what the network answers over it, the points, and what is under the hand. */
import { theme } from '../../../draw';
import { type Box, Pen, putPixels } from '../../../draw/canvas';
import type { Theme } from '../../../draw/colours';
import { classColours, type Field, paintClassField, paintScalarField } from '../../../draw/surface';
import type { PaintedPoint } from '../../../stores/own';
import type { SurfaceItem } from '../../../words/frames';
import { type Brush, EDGE, type Place } from './stroke';

const PIXELS = 224;
const RADIUS = 3.2;

export interface Plane {
  readonly points: readonly PaintedPoint[];
  readonly numClasses: number;
  /** The answer of the network; null while there is none for these classes. */
  readonly surface: SurfaceItem | null;
  readonly brush: Brush;
  /** Where the hand is; null while it is elsewhere. */
  readonly hand: Place | null;
}

/** Two classes take the ends of the diverging scale, more the colours of the series, as on the decision surface. */
export const classColour = ({ diverging, series }: Theme, number: number, numClasses: number): string =>
  numClasses === 2 ? diverging.css(number === 0 ? 0.05 : 0.95) : (series[number % 8] as string);

export function paintPlane(canvas: HTMLCanvasElement, side: number, plane: Plane): void {
  const pen = Pen.on(canvas, side, side);
  if (!pen) return;
  pen.rect({ x: 0, y: 0, width: side, height: side }, pen.colour('bg-canvas'));
  if (plane.surface) paintSurface(pen, plane.surface, side);
  paintAxes(pen, side);
  for (const point of plane.points) paintPoint(pen, point, plane.numClasses, side);
  if (plane.hand) paintHand(pen, plane, side);
}

const across = (x: number, side: number): number => ((x + EDGE) / (2 * EDGE)) * side;
const down = (y: number, side: number): number => ((EDGE - y) / (2 * EDGE)) * side;

export const placeAt = (left: number, top: number, side: number): Place => ({
  x: (left / side) * 2 * EDGE - EDGE,
  y: EDGE - (top / side) * 2 * EDGE,
});

function paintSurface(pen: Pen, { values, x, y }: SurfaceItem, side: number): void {
  const [layers = 1, height = 1, width = 1] = values.shape;
  const field: Field = { values: values.data, layers, height, width };
  // Of two shares that sum to 1 the second says all.
  const one: Field = layers === 2 ? { ...field, layers: 1, values: values.data.subarray(height * width) } : field;
  const pixels =
    layers > 2
      ? paintClassField(field, PIXELS, classColours(pen.theme, layers))
      : paintScalarField(one, PIXELS, pen.theme.soft, 0, 1);
  const [left, right, low, high] = [x[0], x[1], y[0], y[1]] as [number, number, number, number];
  const box: Box = {
    x: across(left, side),
    y: down(high, side),
    width: across(right, side) - across(left, side),
    height: down(low, side) - down(high, side),
  };
  pen.inside({ x: 0, y: 0, width: side, height: side }, () =>
    putPixels(pen.context, pixels, PIXELS, PIXELS, box, true),
  );
}

function paintAxes(pen: Pen, side: number): void {
  const colour = pen.colour('line');
  pen.line(side / 2, 0, side / 2, side, colour);
  pen.line(0, side / 2, side, side / 2, colour);
  for (const value of [-4, -2, 2, 4]) {
    const text = String(Math.abs(value));
    const written = value < 0 ? `\u2212${text}` : text;
    pen.text(written, across(value, side), side - 6, { align: 'center' });
    pen.text(written, 6, down(value, side) + 4);
  }
}

function paintPoint(pen: Pen, [x, y, number]: PaintedPoint, numClasses: number, side: number): void {
  const { context } = pen;
  context.beginPath();
  context.arc(across(x, side), down(y, side), RADIUS, 0, 2 * Math.PI);
  context.fillStyle = classColour(pen.theme, number, numClasses);
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = pen.colour('bg-surface');
  context.stroke();
}

/** A ring as large as what is sprayed or wiped out; a dot for the brush. */
function paintHand(pen: Pen, { brush, hand, numClasses }: Plane, side: number): void {
  const { context } = pen;
  const { x, y } = hand as Place;
  const isWide = brush.tool !== 'brush';
  context.beginPath();
  context.arc(across(x, side), down(y, side), isWide ? (brush.radius / (2 * EDGE)) * side : 6, 0, 2 * Math.PI);
  context.lineWidth = 1.5;
  context.setLineDash(brush.tool === 'erase' ? [4, 3] : []);
  context.strokeStyle =
    brush.tool === 'erase' ? pen.colour('ink-2') : classColour(theme(), brush.number, Math.max(2, numClasses));
  context.stroke();
  context.setLineDash([]);
}
