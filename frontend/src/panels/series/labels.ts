/** Where the words of a series panel stand: names at line ends, marks, the reference, what lies outside. */
import { fitInRow, pushApart } from '../../draw/labels';
import type { Range } from '../../draw/ticks';
import type { Mark } from '../../stores/record';
import { colourOf, type Line, type SeriesScene } from './figure';

/** Between values and the pixels of the plot, (0, 0) being its upper left corner. */
export interface Mapping {
  readonly width: number;
  readonly height: number;
  readonly toX: (step: number) => number;
  readonly toY: (value: number) => number;
  readonly fromX: (x: number) => number;
  readonly fromY: (y: number) => number;
}

export interface Label {
  readonly text: string;
  /** Pixels of the plot; `y` is the middle of the text. */
  readonly x: number;
  readonly y: number;
  /** Which side of the text stands at `x`. */
  readonly anchor: 'left' | 'right' | 'center';
  readonly colour: string;
  readonly isStrong: boolean;
  /** The line end that it names. */
  readonly end?: { readonly dotX: number; readonly dotY: number; readonly isLed: boolean };
}

export interface Notes {
  readonly marks: readonly Mark[];
  readonly reference: { readonly value: number; readonly text: string } | null;
  readonly diverged: { readonly step: number; readonly text: string } | null;
  /** Values that the limits leave out, written. */
  readonly above: string | null;
  readonly below: string | null;
}

const GAP = 15;
/** Between the dot and its name. */
const BESIDE = 7;
/** A label moved further than this gets a leader. */
const LEADER_FROM = 6;

/** Room that a text takes; the widest fallback font is assumed, so that nothing is cut. */
export const widthOf = (text: string, textScale: number, isStrong = false): number =>
  [...text].length * (isStrong ? 7.1 : 6.5) * textScale;

const isInside = (value: number, [low, high]: Range): boolean => value >= low && value <= high;

interface End {
  readonly line: Line;
  readonly dotX: number;
  readonly dotY: number;
}

function endsOf(scene: SeriesScene, mapping: Mapping): End[] {
  return scene.lines.flatMap((line) => {
    const until = scene.viewStep ?? Number.POSITIVE_INFINITY;
    let last = line.steps.length - 1;
    while (last >= 0 && ((line.steps[last] as number) > until || !Number.isFinite(line.values[last]))) last -= 1;
    const step = line.steps[last];
    const value = (line.values[last] as number) * scene.factor;
    if (step === undefined || !isInside(step, scene.x) || !isInside(value, scene.y)) return [];
    return [{ line, dotX: mapping.toX(step), dotY: mapping.toY(value) }];
  });
}

/** Names at the right of the line ends, or above and below them where there is no room at the right. */
export function placeLabels(scene: SeriesScene, mapping: Mapping): Label[] {
  const { theme } = scene;
  const ends = endsOf(scene, mapping).sort((a, b) => a.dotY - b.dotY);
  const textOf = (end: End): string => (scene.isSmall ? end.line.name : end.line.end);
  const needed = Math.max(0, ...ends.map((end) => end.dotX + BESIDE + widthOf(textOf(end), theme.textScale, true)));
  const fits = needed <= mapping.width + 12;
  const gap = GAP * theme.textScale;
  const wanted = ends.map(({ dotY }, i) => (fits ? dotY : dotY + (i === 0 ? -gap * 0.8 : gap * 0.8)));
  const places = pushApart(wanted, gap, 6, mapping.height - 6);
  return ends.map((end, i) => ({
    text: textOf(end),
    x: fits ? end.dotX + BESIDE : mapping.width + 4,
    y: places[i] as number,
    anchor: fits ? 'left' : 'right',
    colour: colourOf(end.line.role, theme),
    isStrong: true,
    end: {
      dotX: end.dotX,
      dotY: end.dotY,
      isLed: fits && Math.abs((places[i] as number) - end.dotY) > LEADER_FROM,
    },
  }));
}

/** Words of marks (where they do not touch the next), of the reference line, and of what lies outside the limits. */
export function noteLabels(scene: SeriesScene, mapping: Mapping): Label[] {
  if (scene.isSmall) return [];
  const { notes, theme } = scene;
  const labels: Label[] = [];
  const plain = (
    text: string,
    x: number,
    y: number,
    anchor: Label['anchor'],
    colour = theme.colours['ink-3'],
  ): void => {
    labels.push({ text, x, y, anchor, colour, isStrong: false });
  };
  const marks = notes.marks.filter((mark) => isInside(mark.step, scene.x));
  const starts = marks.map((mark) => mapping.toX(mark.step) + 4);
  const widths = marks.map((mark) => widthOf(mark.text, theme.textScale));
  const canWrite = fitInRow(starts, widths);
  let lastEnd = 0;
  marks.forEach((mark, i) => {
    const start = starts[i] as number;
    const width = widths[i] as number;
    if (!canWrite[i] || width > mapping.width) return;
    const isOver = start + width > mapping.width + 8;
    if (isOver && start - 8 - width < lastEnd) return;
    plain(mark.text, isOver ? start - 8 : start, 4, isOver ? 'right' : 'left', theme.colours['ink-2']);
    lastEnd = isOver ? start : start + width;
  });
  if (notes.diverged) {
    const x = mapping.toX(notes.diverged.step);
    const isOver = x + widthOf(notes.diverged.text, theme.textScale) > mapping.width;
    plain(notes.diverged.text, isOver ? x - 4 : x + 4, 20, isOver ? 'right' : 'left', theme.colours['ink-2']);
  }
  if (notes.reference && isInside(notes.reference.value, scene.y)) {
    const y = mapping.toY(notes.reference.value);
    plain(notes.reference.text, mapping.width, y < 24 ? y + 10 : y - 9, 'right');
  }
  const room = mapping.width - lastEnd;
  if (notes.above && widthOf(notes.above, theme.textScale) < room) plain(notes.above, mapping.width, 4, 'right');
  if (notes.below) plain(notes.below, mapping.width, mapping.height - 8, 'right');
  return labels;
}
