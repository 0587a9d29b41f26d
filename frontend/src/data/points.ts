/** Points of the plane on a canvas: training points filled, validation points as rings, colour by class or value. */
import { theme } from '../draw';
import { Pen } from '../draw/canvas';
import type { Theme } from '../draw/colours';
import type { CheckedData, DatasetPreview, PreviewSample } from '../generated/schemas';
import { flatNumbers } from './values';

const MARGIN = 6;
/** Narrower pictures have finer dots. */
const SMALL = 48;
const MOST = 600;
const NUM_SERIES = 8;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

type Labelled = Pick<PreviewSample, 'label'>;

/** Colour of a sample: two classes take the ends of the diverging scale, more the series, numbers the whole scale. */
export function pointColours(
  { class_names: names, task }: CheckedData,
  samples: readonly Labelled[],
  { diverging }: Theme,
): (sample: Labelled) => string {
  if (task === 'regression') {
    const values = samples.map((sample) => Number(sample.label));
    const far = Math.max(...values.map(Math.abs)) || 1;
    return (sample) => diverging.css(0.5 + Number(sample.label) / (2 * far));
  }
  if (names.length === 2) return (sample) => diverging.css(sample.label === names[0] ? 0.2 : 0.8);
  const tokens = getComputedStyle(document.documentElement);
  const series = names.map((_, index) => tokens.getPropertyValue(`--series-${(index % NUM_SERIES) + 1}`).trim());
  return (sample) => series[names.indexOf(sample.label ?? '')] ?? series[0] ?? '';
}

export function paintPoints(canvas: HTMLCanvasElement, preview: DatasetPreview): void {
  const pen = Pen.on(canvas, canvas.clientWidth, canvas.clientHeight);
  if (!pen) return;
  const all = [...preview.samples, ...preview.validation].map((sample) => flatNumbers(sample.values));
  const far = Math.max(...all.flat().map(Math.abs)) || 1;
  const isSmall = pen.width < SMALL;
  const side = Math.min(pen.width, pen.height) / 2 - (isSmall ? MARGIN / 2 : MARGIN);
  const colourOf = pointColours(preview.data, preview.samples, theme());
  const place = (sample: PreviewSample): Place => {
    const [x = 0, y = 0] = flatNumbers(sample.values);
    return { x: pen.width / 2 + (x / far) * side, y: pen.height / 2 - (y / far) * side, colour: colourOf(sample) };
  };
  const scale = isSmall ? 0.65 : 1;
  for (const sample of preview.samples.slice(0, MOST)) dot(pen, place(sample), scale, true);
  for (const sample of preview.validation.slice(0, MOST / 4)) dot(pen, place(sample), scale, false);
}

function dot(pen: Pen, { x, y, colour }: Place, scale: number, isFilled: boolean): void {
  const { context } = pen;
  context.beginPath();
  context.arc(x, y, scale * (isFilled ? 1.6 : 1.9), 0, 2 * Math.PI);
  context.fillStyle = isFilled ? colour : pen.colour('bg-surface');
  context.fill();
  if (isFilled) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.1;
  context.stroke();
}
