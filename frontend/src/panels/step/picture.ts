/** What a node gave for the followed sample, small, with the unit that is told of. */
import { fromDevice } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import { fitTiles, imageStack, numTiles, paintTiles, type ScaleName, type TileFit } from '../../draw/tiles';
import type { NdArray, StepItem } from '../../words/frames';

/** Units of a plain vector stand in rows of so many. */
const ROW = 32;

/** [C, H, W] as C images, [T, F] as one, [F] as single cells. */
export function stackOf(output: NdArray): NdArray {
  const { data, shape } = output;
  if (shape.length === 3) return { data, shape: [shape[0] ?? 1, 1, shape[1] ?? 1, shape[2] ?? 1] };
  if (shape.length === 2) return { data, shape: [1, 1, shape[0] ?? 1, shape[1] ?? 1] };
  return { data, shape: [data.length, 1, 1, 1] };
}

function ends(values: NdArray['data']): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Paints it in a box; the raw sample in grey, values with a sign around 0. */
export function paintOutput(canvas: HTMLCanvasElement, item: StepItem, width: number, height: number): void {
  const output = item.output;
  canvas.hidden = !output || output.data.length === 0;
  if (!output || canvas.hidden) return;
  const images = stackOf(output);
  const stack = imageStack(images);
  const [low, high] = ends(output.data);
  const isImage = item.phase === 'batch' && output.shape.length === 3;
  const scale: ScaleName = isImage ? 'gray' : low < 0 || item.phase === 'backward' ? 'diverging' : 'count';
  const isRow = stack.height === 1 && stack.width === 1;
  const fit = isRow
    ? rowFit(stack.num, width, height)
    : fitTiles(numTiles(stack), stack.height, stack.width, width, height);
  paintTiles(canvas, images, { ...fit, low, high, scale, most: fit.shown });
  if (item.chosen !== null && item.phase !== 'batch') mark(canvas, item.chosen, stack.height, stack.width, fit);
}

function rowFit(num: number, width: number, height: number): TileFit {
  const columns = Math.min(ROW, num);
  const most = Math.max(18, Math.min(32, Math.floor(height / 6)));
  const pixel = Math.max(3, Math.min(most, Math.floor(width / columns) - 1));
  return { columns, rows: Math.ceil(num / columns), pixel, gap: 1, rowGap: 1, shown: num };
}

/** A ring around one cell. */
function mark(canvas: HTMLCanvasElement, chosen: number, height: number, width: number, fit: TileFit): void {
  const context = canvas.getContext('2d');
  const tile = Math.floor(chosen / (height * width));
  if (!context || tile >= fit.shown) return;
  const unit = 1 / fromDevice(1);
  const [row, column] = [Math.floor((chosen % (height * width)) / width), chosen % width];
  const x = (tile % fit.columns) * (width * fit.pixel + fit.gap) + column * fit.pixel;
  const y = Math.floor(tile / fit.columns) * (height * fit.pixel + fit.rowGap) + row * fit.pixel;
  context.strokeStyle = theme().colours.accent;
  context.lineWidth = 2 * unit;
  context.strokeRect((x + 1) * unit, (y + 1) * unit, (fit.pixel - 2) * unit, (fit.pixel - 2) * unit);
}
