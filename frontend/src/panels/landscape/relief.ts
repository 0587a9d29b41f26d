/** A landscape seen from the side: a mesh on canvas, turned by hand. */
import type { Pen } from '../../draw/canvas';
import { formatNumber } from '../../draw/format';
import type { LandscapeItem } from '../../words/frames';
import { type Field, heightAt, shareOf } from './field';
import { ends, paintMinimum, paintNames, paintPlace, paintWay } from './ground';
import type { Way } from './paths';

/** How it is looked at, in radians: turned about the upright, and from how far above. */
export interface View {
  readonly turn: number;
  readonly tilt: number;
}

export const FIRST_VIEW: View = { turn: -0.65, tilt: 0.6 };
const TILTS = [0.1, 1.5] as const;
/** Height of the relief, where its ground is 2 wide. */
const TALL = 1.1;

export function turned({ turn, tilt }: View, byTurn: number, byTilt: number): View {
  return { turn: turn + byTurn, tilt: Math.min(TILTS[1], Math.max(TILTS[0], tilt + byTilt)) };
}

/** A place of the ground and a height as a point of the screen; depth grows away from the eye. */
export interface Projection {
  readonly at: (x: number, y: number, share: number) => readonly [number, number];
  readonly depth: (x: number, y: number) => number;
}

export function projectionOf(field: Field, view: View, width: number, height: number): Projection {
  const [[x0, x1], [y0, y1]] = [ends(field.x), ends(field.y)];
  const [cos, sin] = [Math.cos(view.turn), Math.sin(view.turn)];
  const [up, flat] = [Math.cos(view.tilt), Math.sin(view.tilt)];
  const tall = TALL * up + 2 * Math.SQRT2 * flat;
  const scale = Math.min((width - 24) / (2 * Math.SQRT2), (height - 20) / tall);
  const ground = (x: number, y: number): readonly [number, number] => {
    const [a, b] = [(2 * (x - x0)) / (x1 - x0) - 1, (2 * (y - y0)) / (y1 - y0) - 1];
    return [a * cos - b * sin, a * sin + b * cos];
  };
  return {
    at: (x, y, share) => {
      const [across, away] = ground(x, y);
      const rise = TALL * Math.min(1, Math.max(0, share)) - TALL / 2;
      return [width / 2 + scale * across, height / 2 - scale * (away * flat + rise * up)];
    },
    depth: (x, y) => ground(x, y)[1],
  };
}

export function paintRelief(pen: Pen, item: LandscapeItem, field: Field, ways: readonly Way[], view: View): Projection {
  const projection = projectionOf(field, view, pen.width, pen.height);
  paintBase(pen, item, field, projection);
  paintMesh(pen, field, projection);
  const on = (x: number, y: number): readonly [number, number] | null => {
    const value = heightAt(field, x, y);
    return Number.isFinite(value) ? projection.at(x, y, shareOf(field, value)) : null;
  };
  const whole = { x: 0, y: 0, width: pen.width, height: pen.height };
  for (const way of ways) {
    const points = Array.from({ length: way.count }, (_, at) => on(way.x[at] as number, way.y[at] as number));
    const seen = points.filter((point) => point !== null);
    paintWay(pen, { ...way, count: seen.length }, (at) => seen[at] as readonly [number, number], whole);
  }
  for (const [x, y] of item.minima) {
    const at = on(x as number, y as number);
    if (at) paintMinimum(pen, ...at);
  }
  const here = item.place && on(item.place[0] as number, item.place[1] as number);
  if (here) paintPlace(pen, ...here);
  paintEnds(pen, item, field, projection);
  if (ways.length > 1) paintNames(pen, ways, whole);
  return projection;
}

/** From the farthest cell to the nearest, each in the colour of its mean height. */
function paintMesh(pen: Pen, field: Field, { at, depth }: Projection): void {
  const { x, y, values } = field;
  const { context, theme } = pen;
  const cells: { depth: number; row: number; column: number; mean: number }[] = [];
  for (let row = 0; row + 1 < y.length; row += 1) {
    for (let column = 0; column + 1 < x.length; column += 1) {
      const first = row * x.length + column;
      const mean = [0, 1, x.length, x.length + 1].reduce((sum, more) => sum + (values[first + more] as number) / 4, 0);
      if (Number.isFinite(mean)) cells.push({ depth: depth(x[column] as number, y[row] as number), row, column, mean });
    }
  }
  cells.sort((one, other) => other.depth - one.depth);
  context.lineWidth = 0.5;
  context.lineJoin = 'round';
  for (const { row, column, mean } of cells) {
    context.beginPath();
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ] as const) {
      const value = values[(row + i) * x.length + column + j] as number;
      context.lineTo(...at(x[column + j] as number, y[row + i] as number, shareOf(field, value)));
    }
    context.closePath();
    context.fillStyle = theme.sequential.css(shareOf(field, mean));
    context.strokeStyle = cells.length > 2500 ? context.fillStyle : pen.colour('bg-surface');
    context.fill();
    context.stroke();
  }
}

function cornersOf(field: Field): readonly (readonly [number, number])[] {
  const [[x0, x1], [y0, y1]] = [ends(field.x), ends(field.y)];
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

const farthest = (field: Field, depth: Projection['depth']): readonly [number, number] =>
  [...cornersOf(field)].sort((one, other) => depth(...other) - depth(...one))[0] as readonly [number, number];

/** The two ends of the height above the upright, where the surface hides neither. */
function paintEnds(pen: Pen, item: LandscapeItem, field: Field, { at, depth }: Projection): void {
  const [x, y] = at(...farthest(field, depth), 1);
  const text = `${item.value_title} ${formatNumber(field.low)} … ${formatNumber(field.high)}`;
  const left = Math.max(0, Math.min(x - 20, pen.width - pen.measure(text) - 2));
  pen.text(text, left, Math.max(pen.textSize, y - 6), { colour: pen.colour('ink-2') });
}

/** The edges of the ground, and the names of its axes. */
function paintBase(pen: Pen, item: LandscapeItem, field: Field, { at, depth }: Projection): void {
  const [[x0, x1], [y0, y1]] = [ends(field.x), ends(field.y)];
  const corners = cornersOf(field);
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % 4] as readonly [number, number];
    pen.line(...at(...corner, 0), ...at(...next, 0), pen.colour('line-strong'));
  });
  const back = farthest(field, depth);
  pen.line(...at(...back, 0), ...at(...back, 1), pen.colour('line-strong'));
  const near = (one: readonly [number, number], other: readonly [number, number]): boolean =>
    depth(...one) <= depth(...other);
  const yFront = near([(x0 + x1) / 2, y0], [(x0 + x1) / 2, y1]) ? y0 : y1;
  const xFront = near([x0, (y0 + y1) / 2], [x1, (y0 + y1) / 2]) ? x0 : x1;
  paintName(pen, item.x_title, at((x0 + x1) / 2, yFront, 0));
  paintName(pen, item.y_title, at(xFront, (y0 + y1) / 2, 0));
}

function paintName(pen: Pen, name: string, [x, y]: readonly [number, number]): void {
  const most = pen.width * 0.4;
  const width = Math.min(most, pen.measure(name));
  const beside = x < pen.width / 2 ? x - width - 6 : x + 6;
  const left = Math.min(pen.width - width - 2, Math.max(0, beside));
  pen.text(name, left, Math.min(pen.height - 34, y + pen.textSize + 4), {
    colour: pen.colour('ink-2'),
    most,
  });
}
