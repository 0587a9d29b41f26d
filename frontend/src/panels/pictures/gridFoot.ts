/** The colour scale below a grid of images, with its two ends and what shares it. */
import { Pen } from '../../draw/canvas';
import { formatCount, formatNumber } from '../../draw/format';
import { scaleEnds } from '../../draw/tiles';
import type { ImageGridItem } from '../../words/frames';
import { paintBar } from './bar';
import type { GridView } from './gridView';

export const FOOT = 26;
const BAR = 96;
const GAP = 8;

/** What a colour means where three numbers make it. */
function colourWords(item: ImageGridItem): string {
  return item.signed ? `red, green, blue: 0.5 + w / (2 · ${formatNumber(item.high, 2)})` : 'red, green, blue';
}

const shortWords = (item: ImageGridItem): string =>
  item.signed ? `0.5 + w / ${formatNumber(2 * item.high, 2)}` : 'RGB';

export function footWords(item: ImageGridItem, view: GridView): string {
  if (!view.isShared) return view.isColour ? 'colours: each image its own scale' : 'each image its own scale';
  if (view.isColour) return colourWords(item);
  if (view.total === 1) return '';
  return `one scale for all ${formatCount(view.total)}`;
}

/** @param reserved Width at the right that something else needs. */
export function paintFoot(
  canvas: HTMLCanvasElement,
  width: number,
  item: ImageGridItem,
  view: GridView,
  reserved = 0,
): void {
  const pen = Pen.on(canvas, width, FOOT);
  if (!pen) return;
  const [low, high] = view.isColour ? [item.low, item.high] : scaleEnds(item.low, item.high, view.scale);
  const baseline = FOOT - 5;
  const bar = Math.min(BAR, width * 0.3);
  // Where each image has its own ends there are none that hold for all.
  const [from, to] = view.isShared ? [formatNumber(low, 2), formatNumber(high, 2)] : ownWords(item);
  pen.text(from, 0, baseline, { colour: pen.colour('ink-2') });
  const left = pen.measure(from) + GAP;
  if (view.isColour) paintPrimaries(pen, item.signed, left, baseline - 7, bar);
  else paintBar(pen, pen.theme[view.scale].pixels, left, baseline - 7, bar);
  pen.text(to, left + bar + GAP, baseline, { colour: pen.colour('ink-2') });
  const room = width - reserved - (left + bar + 2 * GAP + pen.measure(to) + GAP);
  const words = [footWords(item, view), ...(view.isColour ? [shortWords(item)] : [])];
  const fitting = words.find((one) => pen.measure(one) <= room);
  if (fitting) pen.text(fitting, width - reserved, baseline, { align: 'right' });
}

const LEVELS = 32;
const BETWEEN = 4;

/** Three bars, red, green and blue: what colour one channel has from its least value to its greatest, the others at 0. */
function paintPrimaries(pen: Pen, isSigned: boolean, left: number, top: number, width: number): void {
  const each = (width - 2 * BETWEEN) / 3;
  for (const channel of [0, 1, 2]) {
    const pixels = Uint32Array.from({ length: LEVELS }, (_, level) => primary(channel, level / (LEVELS - 1), isSigned));
    paintBar(pen, pixels, left + channel * (each + BETWEEN), top, each);
  }
}

function primary(channel: number, share: number, isSigned: boolean): number {
  const rest = isSigned ? 128 : 0;
  const [red, green, blue] = [0, 1, 2].map((one) => (one === channel ? Math.round(255 * share) : rest)) as [
    number,
    number,
    number,
  ];
  return ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

const ownWords = (item: ImageGridItem): readonly [string, string] => (item.signed ? ['−max', 'max'] : ['min', 'max']);
