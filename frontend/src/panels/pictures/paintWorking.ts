/** A pixel's way into being, drawn: what it sees of the input, patch ∘ kernel, and the sum with its numbers. */
import type { Box, Pen } from '../../draw/canvas';
import { formatCount, formatNumber, formatShape } from '../../draw/format';
import { imageStack } from '../../draw/tiles';
import type { ImageGridItem } from '../../words/frames';
import { viewOf } from './gridView';
import { paintImage } from './loupe';
import type { Rectangle } from './parts';
import type { Term, Working } from './working';

export interface Pixel {
  readonly row: number;
  readonly column: number;
}

export interface Story {
  readonly pixel: Pixel;
  readonly working: Working | null;
  /** What it sees of the input; null where all of it, or nothing is known. */
  readonly seen: Rectangle | null;
  readonly input: ImageGridItem | null;
}

const LINE = 15;
/** Cells of the window are not drawn larger; numbers stand in them from 22 on. */
const LARGEST_CELL = 40;
const SMALLEST_CELL = 4;
const GAP = 14;

/** `sees rows 3–7, columns 1–5 of the input`: counted from 1. */
export function seenWords(seen: Rectangle | null): string {
  if (!seen) return '';
  if (seen.top > seen.bottom || seen.left > seen.right) return 'sees only padding';
  const size = formatShape([seen.bottom - seen.top + 1, seen.right - seen.left + 1]);
  const span = (low: number, high: number): string => (low === high ? `${low + 1}` : `${low + 1}–${high + 1}`);
  return `sees ${size}: rows ${span(seen.top, seen.bottom)}, columns ${span(seen.left, seen.right)}`;
}

export function paintStory(pen: Pen, box: Box, story: Story): void {
  const side = paintInput(pen, box, story);
  const left = side > 0 ? box.x + side + 10 : box.x;
  const room = box.x + box.width - left;
  const { pixel, working, seen } = story;
  const value = working ? ` = ${formatNumber(working.value)}` : '';
  const head = `row ${formatCount(pixel.row + 1)}, column ${formatCount(pixel.column + 1)}${value}`;
  const bold = wrapped(pen, head, room);
  const lines = [...bold, ...wrapped(pen, seenWords(seen), room)];
  lines.forEach((text, i) => {
    const isStrong = i < bold.length;
    pen.text(text, left, box.y + 10 + i * LINE, {
      colour: pen.colour(isStrong ? 'ink' : 'ink-2'),
      isStrong,
      most: room,
    });
  });
  if (!working) return;
  const wrappedLine = wrapped(pen, working.line, box.width);
  const bottom = box.y + box.height - (wrappedLine.length - 1) * LINE - 4;
  wrappedLine.forEach((part, k) => {
    pen.text(part, box.x, bottom + k * LINE, { colour: pen.colour('ink'), most: box.width });
  });
  const top = box.y + Math.max(side, lines.length * LINE) + 8;
  paintTerm(pen, { x: box.x, y: top, width: box.width, height: bottom - LINE - top }, working);
}

/** Text in lines that fit, broken at spaces; two at most. */
function wrapped(pen: Pen, text: string, room: number): string[] {
  if (pen.measure(text) <= room) return text ? [text] : [];
  const words = text.split(' ');
  let first = words.length - 1;
  while (first > 1 && pen.measure(words.slice(0, first).join(' ')) > room) first -= 1;
  return [words.slice(0, first).join(' '), words.slice(first).join(' ')];
}

/** The input with the rectangle that the pixel sees; its side, 0 where there is no picture of it. */
function paintInput(pen: Pen, box: Box, { input, seen }: Story): number {
  if (!input) return 0;
  const view = viewOf(input, undefined, 'shared');
  const { height, width } = imageStack(view.images);
  if (height < 2 || width < 2) return 0;
  const most = Math.min(box.height * 0.42, box.width * 0.42);
  const cell = Math.max(1, Math.floor(most / Math.max(height, width)));
  const { context } = pen;
  context.save();
  context.translate(box.x, box.y);
  paintImage(pen, { ...view, scale: 'gray' }, 0, cell, false);
  if (seen && seen.top <= seen.bottom && seen.left <= seen.right) {
    const [x, y] = [seen.left * cell, seen.top * cell];
    outline(pen, { x, y, width: (seen.right - seen.left + 1) * cell, height: (seen.bottom - seen.top + 1) * cell });
  }
  context.restore();
  return Math.max(height, width) * cell;
}

/** A frame that is seen on light and on dark. */
export function outline(pen: Pen, { x, y, width, height }: Box): void {
  const { context } = pen;
  context.lineWidth = 3;
  context.strokeStyle = pen.colour('bg-surface');
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  context.lineWidth = 1.5;
  context.strokeStyle = pen.colour('accent');
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/** The window with the largest share: patch, kernel and their products side by side. */
function paintTerm(pen: Pen, box: Box, working: Working): void {
  const term = working.terms[0];
  if (!term) return;
  const grids = [
    { title: 'x', values: term.patch },
    ...(term.kernel ? [{ title: 'w', values: term.kernel }] : []),
    ...(term.products ? [{ title: 'x·w', values: term.products }] : []),
  ];
  const fit = Math.min(
    (box.width - GAP * (grids.length - 1)) / (grids.length * term.columns),
    (box.height - 2 * LINE) / term.rows,
  );
  const cell = Math.min(LARGEST_CELL, Math.floor(fit));
  const title = titleOf(working, term);
  if (cell < SMALLEST_CELL) {
    if (box.height >= LINE) pen.text(title, box.x, box.y + 10, { most: box.width });
    return;
  }
  pen.text(title, box.x, box.y + 10, { most: box.width });
  grids.forEach(({ title: name, values }, i) => {
    const left = box.x + i * (term.columns * cell + GAP);
    pen.context.save();
    pen.context.translate(left, box.y + LINE);
    paintValues(pen, values, term, cell);
    if (working.winner !== null)
      outline(pen, {
        x: (working.winner % term.columns) * cell,
        y: Math.floor(working.winner / term.columns) * cell,
        width: cell,
        height: cell,
      });
    pen.context.restore();
    pen.text(name, left, box.y + LINE + term.rows * cell + 12, { colour: pen.colour('ink-2') });
    const sign = i === grids.length - 1 ? '' : i === 0 ? '∘' : '=';
    if (sign)
      pen.text(sign, left + term.columns * cell + GAP / 2, box.y + LINE + (term.rows * cell) / 2 + 4, {
        align: 'center',
      });
  });
}

function titleOf({ terms }: Working, term: Term): string {
  if (terms.length < 2) return `window of ${term.node}`;
  return `channel ${term.channel + 1} of ${terms.length}, the largest: ${formatNumber(term.sum)}`;
}

function paintValues(pen: Pen, values: readonly number[], { rows, columns }: Term, cell: number): void {
  const far = Math.max(0, ...values.filter((one) => Number.isFinite(one)).map(Math.abs)) || 1;
  const isSigned = values.some((one) => one < 0);
  const view = {
    images: { data: Float32Array.from(values), shape: [1, 1, rows, columns] },
    isColour: false,
    scale: isSigned ? ('diverging' as const) : ('count' as const),
    endsOf: () => [isSigned ? -far : 0, far] as const,
  };
  paintImage(pen, view, 0, cell);
}
