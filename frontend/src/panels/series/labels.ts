/** Where the words of a series panel stand: names at line ends, marks, the reference, what lies outside. */
import type { Theme } from '../../draw/colours';
import { pushApart } from '../../draw/labels';
import { textWidth } from '../../draw/text';
import type { Range } from '../../draw/ticks';
import { colourOf, type Line, type Mapping, type SeriesScene } from './scene';

export interface Label {
  readonly text: string;
  /** Pixels of the plot; `y` is the middle of the text, less than 0 above the plot. */
  readonly x: number;
  readonly y: number;
  /** Which side of the text stands at `x`. */
  readonly anchor: 'left' | 'right' | 'center';
  readonly colour: string;
  readonly isStrong: boolean;
  /** The line end that it names. */
  readonly end?: { readonly dotX: number; readonly dotY: number; readonly isLed: boolean };
}

const GAP = 15;
/** Between the dot and its name. */
const BESIDE = 7;
/** A label moved further than this gets a leader. */
const LEADER_FROM = 6;
/** The middle of a text keeps this far from the upper and lower end. */
const EDGE = 6;
/** The middle of words above the plot, where no curve comes. */
const ABOVE = -8;

const isInside = (value: number, [low, high]: Range): boolean => value >= low && value <= high;

interface End {
  readonly line: Line;
  readonly dotX: number;
  readonly dotY: number;
}

function endsOf(lines: readonly Line[], scene: SeriesScene, mapping: Mapping, until: number): End[] {
  return lines.flatMap((line) => {
    let last = line.steps.length - 1;
    while (last >= 0 && ((line.steps[last] as number) > until || !Number.isFinite(line.values[last]))) last -= 1;
    const step = line.steps[last];
    const value = (line.values[last] as number) * scene.factor;
    if (step === undefined || !isInside(step, scene.x) || !isInside(value, scene.y)) return [];
    return [{ line, dotX: mapping.toX(step), dotY: mapping.toY(value) }];
  });
}

/** Where the name of an end wants to stand when there is no room at its right: on the outer side of its line. */
function besideLine(dotY: number, isUpper: boolean, gap: number, height: number): number {
  const away = 0.85 * gap;
  const isAbove = isUpper ? dotY - away >= EDGE : dotY + away > height - EDGE;
  return isAbove ? dotY - away : dotY + away;
}

/** Names at the right of the line ends, or above and below them where there is no room at the right. */
export function placeLabels(scene: SeriesScene, mapping: Mapping): Label[] {
  const { theme } = scene;
  const ends = endsOf(scene.lines, scene, mapping, scene.viewStep ?? Number.POSITIVE_INFINITY);
  ends.sort((a, b) => a.dotY - b.dotY);
  const textOf = (end: End): string => (scene.isSmall ? end.line.name : end.line.end);
  const needed = Math.max(0, ...ends.map((end) => end.dotX + BESIDE + textWidth(textOf(end), theme, true)));
  const fits = needed <= mapping.width + 12;
  const gap = GAP * theme.textScale;
  const wanted = ends.map(({ dotY }, i) => (fits ? dotY : besideLine(dotY, i === 0, gap, mapping.height)));
  const places = pushApart(wanted, gap, EDGE, mapping.height - EDGE);
  return ends.map((end, i) => ({
    text: textOf(end),
    // Plotly hides a text whose place is outside of the axes.
    x: fits ? Math.min(end.dotX + BESIDE, mapping.width) : mapping.width,
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

/** First and last pixel column of a label. */
export function extentOf(label: Label, theme: Theme): readonly [number, number] {
  const width = textWidth(label.text, theme, label.isStrong);
  const start = { left: label.x, right: label.x - width, center: label.x - width / 2 }[label.anchor];
  return [start, start + width];
}

/** True where the text would touch one of the labels. */
function touches(text: Label, labels: readonly Label[], theme: Theme): boolean {
  const [from, to] = extentOf(text, theme);
  return labels.some((label) => {
    const [start, end] = extentOf(label, theme);
    return Math.abs(label.y - text.y) < (GAP - 1) * theme.textScale && from < end + 4 && start < to + 4;
  });
}

/** The name of the run before, at the end of its first line, where it touches no other word. */
export function ghostLabel(scene: SeriesScene, mapping: Mapping, taken: readonly Label[]): Label[] {
  const { theme } = scene;
  const end = endsOf(scene.ghosts.slice(0, 1), scene, mapping, Number.POSITIVE_INFINITY)[0];
  if (!end || scene.isSmall) return [];
  const label: Label = {
    text: scene.ghostName,
    x: end.dotX + 5,
    y: Math.max(EDGE, end.dotY),
    anchor: 'left',
    colour: theme.colours['ink-3'],
    isStrong: false,
  };
  if (extentOf(label, theme)[1] > mapping.width + 12) return [];
  return touches(label, taken, theme) ? [] : [label];
}

/** Words at a step, above the plot; at the left of their line where the right has no room. */
function wordsAt(step: number, text: string, { theme }: SeriesScene, mapping: Mapping): Label {
  const x = mapping.toX(step);
  const isOver = x + 4 + textWidth(text, theme) > mapping.width + 8;
  const side = isOver ? ({ x: x - 4, anchor: 'right' } as const) : ({ x: x + 4, anchor: 'left' } as const);
  return { text, ...side, y: ABOVE * theme.textScale, colour: theme.colours['ink-2'], isStrong: false };
}

/** Words of the end and of marks, where they touch no other mark. */
function markLabels(scene: SeriesScene, mapping: Mapping): Label[] {
  const { theme } = scene;
  const { diverged } = scene.notes;
  const marks = scene.notes.marks.filter((mark) => mark.text && isInside(mark.step, scene.x));
  const labels: Label[] = diverged?.text ? [wordsAt(diverged.step, diverged.text, scene, mapping)] : [];
  for (const mark of marks) {
    const label = wordsAt(mark.step, mark.text, scene, mapping);
    const [from, to] = extentOf(label, theme);
    const isCrossed = marks.some(
      (other) => other !== mark && mapping.toX(other.step) > from && mapping.toX(other.step) < to,
    );
    if (from >= 0 && !isCrossed && !touches(label, labels, theme)) labels.push(label);
  }
  return labels;
}

/** Words of marks, of the reference line, and of what lies outside the limits, where they touch no name. */
export function noteLabels(scene: SeriesScene, mapping: Mapping, names: readonly Label[]): Label[] {
  if (scene.isSmall) return [];
  const { notes, theme } = scene;
  const labels = markLabels(scene, mapping);
  const atEnd = (text: string, y: number): void => {
    const label: Label = {
      text,
      x: mapping.width,
      y,
      anchor: 'right',
      colour: theme.colours['ink-3'],
      isStrong: false,
    };
    if (!touches(label, [...names, ...labels], theme)) labels.push(label);
  };
  if (notes.reference && isInside(notes.reference.value, scene.y)) {
    const y = mapping.toY(notes.reference.value);
    atEnd(notes.reference.text, y < 24 ? y + 10 : y - 9);
  }
  if (notes.above) atEnd(notes.above, ABOVE * theme.textScale);
  if (notes.below) atEnd(notes.below, mapping.height - 8);
  return labels;
}
