/** Where the timeline has ticks, marks and words. */
import type { Mark } from '../stores/record';

export interface Tick {
  readonly step: number;
  readonly label: string | null;
}

const TARGET_TICK = 26;
const TARGET_LABEL = 110;

/** The smallest of 1, 2, 5, 10 … that keeps neighbours this many pixels apart. */
function roundStep(unitPixels: number, target: number): number {
  for (let decade = 1; decade < 1e9; decade *= 10) {
    for (const lead of [1, 2, 5]) if (lead * decade * unitPixels >= target) return lead * decade;
  }
  return 1e9;
}

const number = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

/** Ticks at epochs, or at steps where the run has fewer than two epochs. */
export function ticks(numSteps: number, stepsPerEpoch: number, width: number): Tick[] {
  if (numSteps < 1 || width < 1) return [];
  const inEpochs = numSteps >= 2 * stepsPerEpoch;
  const unit = inEpochs ? stepsPerEpoch : 1;
  const unitPixels = (unit / numSteps) * width;
  const every = roundStep(unitPixels, TARGET_TICK);
  const labelled = Math.max(every, roundStep(unitPixels, TARGET_LABEL));
  const count = Math.floor(numSteps / unit / every);
  return Array.from({ length: count + 1 }, (_, index) => {
    const value = index * every;
    const word = inEpochs ? 'epoch' : 'step';
    const label = value % labelled === 0 ? (value === 0 ? `${word} 0` : number(value)) : null;
    return { step: value * unit, label };
  });
}

export interface PlacedMark extends Mark {
  readonly x: number;
  /** What happened on this spot, all of it. */
  readonly story: string;
  /** Null where the word would touch the next mark or its word. */
  readonly word: string | null;
}

const LETTER = 5.8;
const MARK = 14;
const NEAR = 4;
const SHOWN = new Set<Mark['kind']>(['change', 'checkpoint', 'warning', 'diagnosis']);

/** Marks from left to right. Of several on one spot the last one stands; words are written where they fit. */
export function placeMarks(marks: readonly Mark[], xOf: (step: number) => number, end: number): PlacedMark[] {
  const shown = marks.filter((mark) => SHOWN.has(mark.kind)).map((mark) => ({ ...mark, x: xOf(mark.step) }));
  const clear = shown.filter((mark, index) => {
    const isCheckpoint = mark.kind === 'checkpoint';
    const covers = (other: (typeof shown)[number], at: number): boolean => {
      if (at === index || Math.abs(other.x - mark.x) >= (isCheckpoint ? MARK : NEAR)) return false;
      return other.kind === 'checkpoint' ? isCheckpoint && at > index : isCheckpoint || at > index;
    };
    return !shown.some(covers);
  });
  clear.sort((a, b) => a.x - b.x);
  return clear.map((mark, index) => {
    const next = clear[index + 1]?.x ?? end;
    const fits = mark.x + MARK + mark.text.length * LETTER < next - 4;
    const near = shown.filter((other) => other.kind === mark.kind && Math.abs(other.x - mark.x) < NEAR);
    const story = near.map((other) => `Step ${other.step}: ${other.story ?? other.text}`).join('\n');
    return { ...mark, story, word: fits && mark.kind !== 'checkpoint' ? mark.text : null };
  });
}

const SIGN_GAP = 9;

/** The steps whose signs do not touch, the newest first to be kept. */
export function apart(steps: readonly number[], xOf: (step: number) => number): number[] {
  const kept: number[] = [];
  for (const step of [...steps].reverse()) {
    const next = kept[0];
    if (next === undefined || xOf(next) - xOf(step) >= SIGN_GAP) kept.unshift(step);
  }
  return kept;
}
