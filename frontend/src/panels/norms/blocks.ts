/** A small block for each kind of norm, drawn at an angle, the cells that share one mean filled. */
import type { Pen } from '../../draw/canvas';
import { cssOf, mix, rgbOf } from '../../draw/colours';
import { formatCount } from '../../draw/format';
import type { ChannelsItem } from '../../words/frames';
import type { PanelSize } from '../drawing';
import type { Lookup } from '../picture';
import type { TipRow } from '../tip';
import {
  BLOCK,
  batchWords,
  type Cell,
  type Counts,
  countsOf,
  isShared,
  kindsFor,
  type NormKind,
  type Rank,
  TITLES,
  wordsOf,
} from './sharing';

/** How far one sample lies behind the next, in cells: to the right, and up. */
const DEPTH = { x: 0.55, y: 0.42 };
const LARGEST_CELL = 26;
/** At the left of the first block, for the name of its upright axis. */
const GUTTER = 24;

/** Groups of a group norm where the norm at hand is none. */
const groupsOf = (item: ChannelsItem, channels: number): number =>
  item.num_groups ?? (channels % 2 === 0 && channels > 2 ? 2 : 1);

export interface Told {
  readonly kind: NormKind;
  readonly counts: Counts | null;
  readonly words: string;
}

/** What each kind would share, for the batch at hand. */
export function toldOf(item: ChannelsItem, batch: number): Told[] {
  const shape = item.input_shape ?? [];
  const channels = (shape.length === 3 ? shape[0] : shape.at(-1)) ?? 1;
  return kindsFor(item.kind).map((kind) => {
    const counts = countsOf(kind, shape, batch, groupsOf(item, channels));
    return { kind, counts, words: wordsOf(kind, counts) };
  });
}

/** @returns What to say at a place of the picture. */
export function paintSharing(pen: Pen, item: ChannelsItem, batch: number, size: PanelSize): Lookup {
  const told = toldOf(item, batch);
  const rank = (item.input_shape?.length ?? 1) as Rank;
  const shown = Math.max(
    0,
    told.findIndex((one) => one.kind === item.kind),
  );
  const line = 15 * pen.theme.textScale;
  const foot = size === 'S' ? 0 : paintFoot(pen, item, batch, size === 'L' ? null : (told[shown] as Told), line);
  const columns = size === 'L' ? 2 : told.length;
  const gutter = size === 'S' || rank === 1 ? 0 : GUTTER;
  const wide = (pen.width - gutter) / columns;
  const high = (pen.height - foot) / Math.ceil(told.length / columns);
  const titles = titlesThatFit(pen, told, wide - 4);
  told.forEach((one, i) => {
    const [left, top] = [gutter + wide * (i % columns), high * Math.floor(i / columns)];
    const title = pen.theme.textScale * 11 + 4;
    pen.text(titles[i] ?? '', left + wide / 2, top + title - 3, {
      align: 'center',
      isStrong: i === shown,
      colour: pen.colour(i === shown ? 'ink' : 'ink-2'),
      most: wide - 4,
    });
    const words = size === 'L' ? wrapped(pen, one.words, wide - 24) : [];
    const room = { left, top: top + title, width: wide, height: high - title - words.length * line - 4 };
    paintBlock(pen, one, rank, room, size !== 'S' && i % columns === 0);
    words.forEach((text, k) => {
      const colour = pen.colour(i === shown ? 'ink' : 'ink-2');
      pen.text(text, left + wide / 2, room.top + room.height + (k + 0.6) * line, { align: 'center', colour });
    });
  });
  return (x, y) => {
    const column = Math.floor((x - gutter) / wide);
    const one = column < 0 || column >= columns ? undefined : told[column + columns * Math.floor(y / high)];
    return one && y < pen.height - foot ? { rows: tipOf(one) } : null;
  };
}

/** Where one of them would be cut, the word that all of them have goes. */
export function titlesThatFit(pen: Pick<Pen, 'measure'>, told: readonly Told[], most: number): string[] {
  const titles = told.map(({ kind }) => TITLES[kind]);
  // In bold a title is a little wider.
  return titles.every((title) => 1.08 * pen.measure(title) <= most)
    ? titles
    : titles.map((title) => title.replace(/ norm$/, ''));
}

function tipOf({ kind, counts }: Told): TipRow[] {
  if (!counts) return [{ name: TITLES[kind] }, { name: 'a single value each: nothing would be left' }];
  return [
    { name: TITLES[kind] },
    { name: 'shared over', value: counts.axes },
    { name: kind === 'rms_norm' ? 'root mean squares' : 'means', value: formatCount(counts.means), isStrong: true },
    { name: 'values in each', value: formatCount(counts.values) },
  ];
}

/** The shape of the batch, and the words for the norm at hand. */
function paintFoot(pen: Pen, item: ChannelsItem, batch: number, told: Told | null, line: number): number {
  const lines = told ? wrapped(pen, `${TITLES[told.kind]} ${told.words}.`, pen.width) : [];
  const baseline = pen.height - lines.length * line - 3;
  pen.text(batchWords(item.input_shape ?? [], batch), 0, baseline, { colour: pen.colour('ink-3') });
  lines.forEach((text, i) => {
    pen.text(text, 0, baseline + (i + 1) * line, { colour: pen.colour('ink') });
  });
  return (lines.length + 1) * line + 4;
}

/** The words in lines that fit. */
function wrapped(pen: Pen, text: string, most: number): string[] {
  const lines: string[] = [];
  let now = '';
  for (const word of text.split(' ')) {
    const next = now ? `${now} ${word}` : word;
    if (now && pen.measure(next) > most) {
      lines.push(now);
      now = word;
    } else now = next;
  }
  return [...lines, now];
}

interface Room {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For the name of the axis that points to the right and back. */
const NAME_HEIGHT = 16;

function paintBlock(pen: Pen, told: Told, rank: Rank, room: Room, hasNames: boolean): void {
  const places = rank === 1 ? 1 : BLOCK.places;
  const wide = BLOCK.channels + BLOCK.samples * DEPTH.x;
  const high = places + BLOCK.samples * DEPTH.y;
  const cell = Math.min(LARGEST_CELL, (room.width - 14) / wide, (room.height - NAME_HEIGHT - 6) / high);
  if (cell < 3) return;
  const left = room.left + (room.width - cell * wide) / 2;
  const foot = room.top + (room.height - NAME_HEIGHT + cell * high) / 2;
  const fill = told.counts ? (at: Cell) => isShared(told.kind, rank, at) : () => false;
  const paint = faces(pen, left, foot, cell, places);
  for (let sample = BLOCK.samples - 1; sample >= 0; sample -= 1)
    for (let channel = 0; channel < BLOCK.channels; channel += 1)
      paint.top(sample, channel, fill({ sample, channel, place: 0 }));
  for (let sample = BLOCK.samples - 1; sample >= 0; sample -= 1)
    for (let place = 0; place < places; place += 1)
      paint.side(sample, place, fill({ sample, channel: BLOCK.channels - 1, place }));
  for (let channel = 0; channel < BLOCK.channels; channel += 1)
    for (let place = 0; place < places; place += 1) paint.front(channel, place, fill({ sample: 0, channel, place }));
  if (!hasNames || cell < 5) return;
  const centre = { align: 'center' } as const;
  pen.text(rank === 3 ? 'C' : 'F', left + (cell * BLOCK.channels) / 2, foot + 13, centre);
  const depth = { x: cell * BLOCK.samples * DEPTH.x, y: cell * BLOCK.samples * DEPTH.y };
  pen.text('N', left + cell * BLOCK.channels + depth.x / 2 + 9, foot - depth.y / 2 + 9, centre);
  if (rank > 1) pen.text(rank === 3 ? 'H, W' : 'T', left - 5, foot - (cell * places) / 2 + 4, { align: 'right' });
}

/** Painters of single cells on the three faces that are seen. */
function faces(pen: Pen, left: number, foot: number, cell: number, places: number) {
  const [full, empty] = [rgbOf(pen.colour('train')), rgbOf(pen.colour('bg-sunken'))];
  const surface = rgbOf(pen.colour('bg-surface'));
  const shade = (isFull: boolean, share: number): string => cssOf(mix(isFull ? full : empty, surface, share));
  const step = { x: cell * DEPTH.x, y: cell * DEPTH.y };
  const top = foot - cell * places;
  const outline = pen.colour('line-strong');
  const cellOf = (corners: readonly (readonly [number, number])[], colour: string): void => {
    const { context } = pen;
    context.beginPath();
    corners.forEach(([x, y], i) => {
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = outline;
    context.lineWidth = 0.6;
    context.stroke();
  };
  return {
    front(channel: number, place: number, isFull: boolean): void {
      const [x, y] = [left + channel * cell, top + place * cell];
      const corners = [[x, y] as const, [x + cell, y] as const, [x + cell, y + cell] as const, [x, y + cell] as const];
      cellOf(corners, shade(isFull, 0));
    },
    top(sample: number, channel: number, isFull: boolean): void {
      const [x, y] = [left + channel * cell + sample * step.x, top - sample * step.y];
      const [x2, y2] = [x + step.x, y - step.y];
      cellOf(
        [[x, y] as const, [x + cell, y] as const, [x2 + cell, y2] as const, [x2, y2] as const],
        shade(isFull, 0.25),
      );
    },
    side(sample: number, place: number, isFull: boolean): void {
      const x = left + cell * BLOCK.channels + sample * step.x;
      const y = top + place * cell - sample * step.y;
      const [x2, y2] = [x + step.x, y - step.y];
      cellOf(
        [[x, y] as const, [x2, y2] as const, [x2, y2 + cell] as const, [x, y + cell] as const],
        shade(isFull, 0.45),
      );
    },
  };
}
