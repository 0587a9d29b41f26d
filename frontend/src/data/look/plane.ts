/** The samples of a part on the plane: which fit the filter, which are wrong, which one is chosen. */
import { theme } from '../../draw';
import type { Pen } from '../../draw/canvas';
import type { CheckedData, PreviewSample } from '../../generated/schemas';
import type { SamplesItem } from '../../words/frames';
import { pointColours } from '../points';
import { flatNumbers } from '../values';
import { rowOf } from './rows';

const MARGIN = 10;
const RADIUS = 2.6;
const RING = 6.5;
/** A press this near to a point is one on it. */
const REACH = 12;

/** A point with its place on the canvas. */
export interface Spot {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly label: string | null;
}

/** Where points lie: zero in the middle, both axes on one scale. */
export function spotsOf(samples: readonly PreviewSample[], width: number, height: number): Spot[] {
  const places = samples.map(({ values }) => flatNumbers(values));
  const far = places.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const side = Math.min(width, height) / 2 - MARGIN;
  return samples.map(({ index, label }, at) => {
    const [x = 0, y = 0] = places[at] ?? [];
    return { index, label, x: width / 2 + (x / far) * side, y: height / 2 - (y / far) * side };
  });
}

/** The nearest point within reach. */
export function spotAt(spots: readonly Spot[], x: number, y: number): Spot | null {
  let found: Spot | null = null;
  let least = REACH;
  for (const spot of spots) {
    const distance = Math.hypot(spot.x - x, spot.y - y);
    if (distance < least) [found, least] = [spot, distance];
  }
  return found;
}

interface Shown {
  readonly spots: readonly Spot[];
  readonly item: SamplesItem;
  /** Places of the samples that the filter lets through. */
  readonly fitting: ReadonlySet<number>;
  readonly chosen: number | null;
  readonly data: CheckedData;
}

export function paintSpots(pen: Pen, { spots, item, fitting, chosen, data }: Shown): void {
  const { context } = pen;
  const colourOf = pointColours(data, spots, theme());
  const last = (spot: Spot): number => Number(fitting.has(spot.index)) + Number(spot.index === chosen);
  for (const spot of [...spots].sort((a, b) => last(a) - last(b))) {
    const row = rowOf(item, spot.index);
    context.globalAlpha = fitting.has(spot.index) ? 1 : 0.18;
    if (row >= 0 && item.wrong?.data[row] === 1) cross(pen, spot, colourOf(spot));
    else dot(pen, spot, colourOf(spot));
  }
  context.globalAlpha = 1;
  const ringed = spots.find(({ index }) => index === chosen);
  if (!ringed) return;
  context.beginPath();
  context.arc(ringed.x, ringed.y, RING, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = pen.colour('accent');
  context.stroke();
}

function dot({ context }: Pen, { x, y }: Spot, colour: string): void {
  context.beginPath();
  context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

/** Right and wrong are never told by colour alone. */
function cross({ context }: Pen, { x, y }: Spot, colour: string): void {
  const far = RADIUS + 0.6;
  context.beginPath();
  context.moveTo(x - far, y - far);
  context.lineTo(x + far, y + far);
  context.moveTo(x - far, y + far);
  context.lineTo(x + far, y - far);
  context.lineWidth = 1.8;
  context.strokeStyle = colour;
  context.stroke();
}
