/** Parts of the picture of a plane: the field, the samples on it, axes, and what the colours mean. */
import { type Box, type Pen, putPixels, toDevice } from '../../draw/canvas';
import type { Theme } from '../../draw/colours';
import { formatNumber } from '../../draw/format';
import { classColours, type Field, paintClassField, paintScalarField } from '../../draw/surface';
import { niceTicks } from '../../draw/ticks';
import type { SurfaceItem } from '../../words/frames';
import { classNamesOf, type PanelProps, type PlanePoints } from '../props';
import type { TipRow } from '../tip';
import { paintBar } from './bar';

/** Pixels of the picture's side; finer is not seen. */
const MOST_PIXELS = 448;

/** How values become colours: two classes or a number on one scale, more classes by mixing. */
export interface Key {
  readonly field: Field;
  readonly low: number;
  readonly high: number;
  readonly ends: readonly [string, string];
  readonly classes: readonly string[];
  /** True for a unit within the network, whose value is neither a share nor the answer. */
  readonly isUnit?: boolean;
}

/** One unit of the network on a scale of its own. */
export function unitKey(field: Field, [low, high]: readonly [number, number], props: PanelProps): Key {
  const ends: Key['ends'] = [formatNumber(low, 2), formatNumber(high, 2)];
  return { field, low, high, ends, classes: classNamesOf(props), isUnit: true };
}

export function keyOf(item: SurfaceItem, props: PanelProps): Key {
  const [layers = 1, height = 1, width = 1] = item.values.shape;
  const names = classNamesOf(props);
  const field: Field = { values: item.values.data, layers, height, width };
  if (layers > 2) return { field, low: 0, high: 1, ends: ['', ''], classes: names };
  if (props.task === 'classification') {
    // Of two shares that sum to 1 the second says all.
    const one: Field =
      layers === 2 ? { ...field, layers: 1, values: item.values.data.subarray(height * width) } : field;
    return { field: one, low: 0, high: 1, ends: [className(names, 0), className(names, 1)], classes: names };
  }
  let far = 1e-9;
  for (const value of item.values.data) if (Math.abs(value) > far) far = Math.abs(value);
  return { field, low: -far, high: far, ends: [formatNumber(-far, 2), formatNumber(far, 2)], classes: [] };
}

const className = (names: readonly string[], index: number): string => {
  const name = names[index] ?? String(index);
  return /^\d+$/.test(name) ? `class ${name}` : name;
};

/** Width to height. The plane keeps its proportions: one unit is as long in x as in y. */
export const ratioOf = (item: SurfaceItem): number => {
  const [x, y] = [(item.x[1] as number) - (item.x[0] as number), (item.y[1] as number) - (item.y[0] as number)];
  return y > 0 && x > 0 ? Math.min(2, Math.max(0.5, x / y)) : 1;
};

export function paintField(pen: Pen, key: Key, box: Box, isDiscrete: boolean): void {
  const size = Math.min(MOST_PIXELS, toDevice(Math.max(box.width, box.height)));
  const pixels =
    key.field.layers > 2
      ? paintClassField(key.field, size, classColours(pen.theme, key.field.layers), isDiscrete)
      : paintScalarField(key.field, size, pen.theme.soft, key.low, key.high, isDiscrete ? 1 : undefined);
  pen.context.save();
  pen.context.beginPath();
  pen.context.roundRect(box.x, box.y, box.width, box.height, 6);
  pen.context.clip();
  putPixels(pen.context, pixels, size, size, box, true);
  pen.context.restore();
}

/** Colour of a sample: the end of the scale of its class, or its value on the whole scale. */
function pointColour(theme: Theme, key: Key, label: string | null): string {
  const index = key.classes.indexOf(label ?? '');
  if (key.classes.length > 2) return theme.series[Math.max(0, index) % 8] as string;
  if (index >= 0) return theme.diverging.css(index === 0 ? 0.05 : 0.95);
  const value = Number(label);
  // For a moment the points may be those of other data than the network's: they have no value on this scale.
  if (!Number.isFinite(value)) return theme.colours['ink-3'];
  return theme.diverging.css(0.5 + (0.45 * Math.max(key.low, Math.min(key.high, value))) / (key.high || 1));
}

type PlaneSample = PlanePoints['validation'][number];

interface Place {
  readonly x: number;
  readonly y: number;
}

function placeOf(item: SurfaceItem, box: Box, values: readonly unknown[]): Place | null {
  const [x, y] = values as [number, number];
  const across = (x - (item.x[0] as number)) / ((item.x[1] as number) - (item.x[0] as number));
  const upward = (y - (item.y[0] as number)) / ((item.y[1] as number) - (item.y[0] as number));
  if (!(across >= 0 && across <= 1 && upward >= 0 && upward <= 1)) return null;
  return { x: box.x + across * box.width, y: box.y + (1 - upward) * box.height };
}

export function paintPoints(pen: Pen, item: SurfaceItem, points: PlanePoints, key: Key, box: Box): void {
  const { context, theme } = pen;
  const isSmall = Math.min(box.width, box.height) < 220;
  const radius = isSmall ? 2 : Math.min(box.width, box.height) > 500 ? 4 : 3;
  const surface = pen.colour('bg-surface');
  // A number near 0 has the colour of what lies behind it: its sample needs an outline.
  const isNumber = key.classes.length === 0;
  for (const sample of points.train) {
    const at = placeOf(item, box, sample.values);
    if (!at) continue;
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    context.fillStyle = pointColour(theme, key, sample.label);
    context.fill();
    context.lineWidth = isSmall ? 0.5 : 1;
    context.strokeStyle = isNumber ? pen.colour('ink-3') : surface;
    context.stroke();
  }
  const half = isSmall ? 2 : radius + 0.2;
  for (const sample of points.validation) {
    const at = placeOf(item, box, sample.values);
    if (!at) continue;
    const colour = pointColour(theme, key, sample.label);
    context.fillStyle = isNumber ? colour : surface;
    context.fillRect(at.x - half, at.y - half, 2 * half, 2 * half);
    context.lineWidth = isNumber ? 1 : isSmall ? 1.2 : 1.8;
    context.strokeStyle = isNumber ? pen.colour('ink-2') : colour;
    context.strokeRect(at.x - half, at.y - half, 2 * half, 2 * half);
  }
}

const RING = 7;

/** A ring around the sample that is shown everywhere. */
export function paintChosen(pen: Pen, item: SurfaceItem, sample: PlaneSample | undefined, box: Box): void {
  const at = sample && placeOf(item, box, sample.values);
  if (!at) return;
  const { context } = pen;
  context.beginPath();
  context.arc(at.x, at.y, RING, 0, 2 * Math.PI);
  context.lineWidth = 4;
  context.strokeStyle = pen.colour('bg-surface');
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = pen.colour('accent');
  context.stroke();
}

/** A press this near to a sample is one on it. */
const REACH = 10;

/** The validation sample at a place of the picture; undefined where there is none. */
export function sampleAt(item: SurfaceItem, points: PlanePoints, box: Box, x: number, y: number): number | undefined {
  let found: number | undefined;
  let least = REACH;
  for (const sample of points.validation) {
    const at = placeOf(item, box, sample.values);
    const distance = at ? Math.hypot(at.x - x, at.y - y) : least;
    if (distance < least) [found, least] = [sample.index, distance];
  }
  return found;
}

/** The ends of both axes, in the corners: enough to read a place, and nothing in the way of the points. */
export function paintAxisEnds(pen: Pen, item: SurfaceItem, box: Box): void {
  const { context } = pen;
  const inset = 5;
  const ticks = niceTicks(item.x[0] as number, item.x[1] as number, 3).values;
  const write = (text: string, x: number, y: number, align: 'left' | 'right' | 'center'): void => {
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = pen.colour('bg-surface');
    context.globalAlpha = 0.6;
    context.textAlign = align;
    pen.measure(text);
    context.strokeText(text, x, y);
    context.globalAlpha = 1;
    pen.text(text, x, y, { align, colour: pen.colour('ink-2') });
  };
  for (const value of ticks) {
    const at = placeOf(item, box, [value, item.y[0]]);
    if (at && at.x > box.x + 12 && at.x < box.x + box.width - 12) {
      pen.line(at.x, box.y + box.height - 4, at.x, box.y + box.height, pen.colour('ink-2'));
      write(formatNumber(value, 2), at.x, box.y + box.height - inset - 2, 'center');
    }
  }
  for (const value of niceTicks(item.y[0] as number, item.y[1] as number, 3).values) {
    const at = placeOf(item, box, [item.x[0], value]);
    if (at && at.y > box.y + 12 && at.y < box.y + box.height - 28) {
      write(formatNumber(value, 2), box.x + inset, at.y + 4, 'left');
    }
  }
}

/** Room for the buttons at the right of the foot, which say what dots and squares are; a narrow panel has none. */
const TOGGLES = 226;
const WITHOUT_TOGGLES = 316;

/** Scale with its ends, or names of the classes. */
export function paintKey(pen: Pen, key: Key, baseline: number): void {
  const colour = pen.colour('ink-2');
  const right = pen.width - (pen.width < WITHOUT_TOGGLES ? 0 : TOGGLES * pen.theme.textScale);
  if (key.field.layers > 2) {
    let x = 0;
    key.classes.slice(0, key.field.layers).forEach((name, i) => {
      if (x + pen.measure(name) + 14 > right) return;
      dot(pen, x + 4, baseline - 4, pen.theme.series[i % 8] as string);
      pen.text(className(key.classes, i), x + 12, baseline, { colour });
      x += pen.measure(className(key.classes, i)) + 26;
    });
    return;
  }
  pen.text(key.ends[0], 0, baseline, { colour });
  const left = pen.measure(key.ends[0]) + 8;
  const end = right - pen.measure(key.ends[1]) - 16;
  const width = Math.min(145, end - left - 8);
  if (width > 24) paintBar(pen, pen.theme.soft.pixels, left, baseline - 7, width);
  pen.text(key.ends[1], left + Math.max(0, width) + 8, baseline, { colour });
}

function dot(pen: Pen, x: number, y: number, colour: string): void {
  pen.context.beginPath();
  pen.context.arc(x, y, 3.5, 0, 2 * Math.PI);
  pen.context.fillStyle = colour;
  pen.context.fill();
}

export function lookUp(
  item: SurfaceItem,
  key: Key,
  props: PanelProps,
  box: Box,
  x: number,
  y: number,
): { rows: TipRow[] } | null {
  const across = (x - box.x) / box.width;
  const upward = 1 - (y - box.y) / box.height;
  if (across < 0 || across > 1 || upward < 0 || upward > 1) return null;
  const at = (ends: readonly number[], share: number): number =>
    (ends[0] as number) + ((ends[1] as number) - (ends[0] as number)) * share;
  const { field } = key;
  const cell = Math.round(upward * (field.height - 1)) * field.width + Math.round(across * (field.width - 1));
  const value = (layer: number): string =>
    formatNumber(field.values[layer * field.height * field.width + cell] as number);
  const rows: TipRow[] = [
    { name: 'x, y', value: `${formatNumber(at(item.x, across), 2)}, ${formatNumber(at(item.y, upward), 2)}` },
  ];
  if (key.isUnit) rows.push({ name: 'unit', value: value(0), isStrong: true });
  else if (field.layers > 2) rows.push(...key.classes.map((name, i) => ({ name, value: value(i), isStrong: true })));
  else if (props.task === 'classification') rows.push({ name: `p(${key.ends[1]})`, value: value(0), isStrong: true });
  else rows.push({ name: 'output', value: value(0), isStrong: true });
  return { rows };
}
