/** How the names of places on x stand: level, in two rows where they have spaces, tilted where they are wide. */
import type { Theme } from '../../draw/colours';
import { textWidth } from '../../draw/text';
import type { LinesPlan } from './plan';

export interface PlaceName {
  /** Its place among all names. */
  readonly index: number;
  readonly rows: readonly string[];
}

export interface PlaceNames {
  readonly isTilted: boolean;
  /** Only every so many, where they are many. */
  readonly shown: readonly PlaceName[];
  /** Pixels that they take below the axis. */
  readonly height: number;
}

/** Pixels that level names keep apart, and that tilted ones take along the axis. */
const APART = 6;
const TILTED = 14;
/** What one row takes below the axis, and what a second one adds. */
const ROW = 20;
const SECOND_ROW = 17;

export interface Named extends Pick<LinesPlan, 'xNames'> {
  readonly height: number;
  readonly theme: Theme;
}

export function placeNames(scene: Named, width: number): PlaceNames {
  const names = scene.xNames ?? [];
  const { theme } = scene;
  const scale = theme.textScale;
  const pitch = width / Math.max(1, names.length);
  const level = names.map((name, index) => ({ index, rows: rowsOf(name, pitch - APART * scale, theme) }));
  const most = Math.max(1, ...level.map(({ rows }) => rows.length));
  const fits = level.every(({ rows }) => rows.every((row) => textWidth(row, theme) + APART * scale <= pitch));
  if (fits && most <= 2)
    return { isTilted: false, shown: level, height: (most === 1 ? ROW : ROW + SECOND_ROW) * scale };
  const widest = Math.max(...names.map((name) => textWidth(name, theme)));
  const longest = Math.min(widest, Math.max(36, scene.height * 0.36));
  const stride = Math.max(1, Math.ceil((TILTED * scale) / pitch));
  const shown = names.flatMap((name, index) =>
    index % stride === 0 ? [{ index, rows: [cut(name, longest + 1, theme)] }] : [],
  );
  return { isTilted: true, shown, height: longest * Math.SQRT1_2 + 22 * scale };
}

/** A name in as few rows as this width needs, broken at its spaces. */
function rowsOf(name: string, width: number, theme: Theme): string[] {
  const rows: string[] = [];
  for (const word of name.split(' ')) {
    const longer = rows.length > 0 ? `${rows.at(-1)} ${word}` : word;
    if (rows.length > 0 && textWidth(longer, theme) <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}

/** Names of layers differ at their ends, by a number: what is cut out is the middle. */
function cut(name: string, most: number, theme: Theme): string {
  if (textWidth(name, theme) <= most) return name;
  let length = name.length - 1;
  const short = (): string => `${name.slice(0, Math.ceil(length / 2))}…${name.slice(-Math.floor(length / 2))}`;
  while (length > 2 && textWidth(short(), theme) > most) length -= 1;
  return short();
}
