/** Counts by row and column: which classes are taken for which. */
import type { Box, Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatCount, formatCounted, formatFixed, formatPercent } from '../../draw/format';
import { asShape, type MatrixItem } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { Freshness, metaOf } from '../words';
import { paintBar } from './bar';
import { type Confused, confusedPairs, NAME_GAP, nameColumn, rowTotals, within, wrongOf } from './confusion';

/** What stands in a cell. Colours are shares of the row either way, so that a rare class is judged like a common one. */
export const CELLS: Choice = {
  name: 'cells',
  label: 'Cells',
  place: 'menu',
  values: [
    { value: 'counts', label: 'Counts' },
    { value: 'shares', label: '% of row' },
  ],
};

/** Small shares are lifted, so that single mistakes can be seen; the ends of the scale stay true. */
const BEND = 0.5;
const SHARE_OF_SCALE = 0.88;

export class MatrixDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #fresh = new Freshness();
  /** What a press on a cell does; null where it does nothing. */
  #press: ((x: number, y: number) => void) | null = null;

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
    this.#picture.canvas.addEventListener('click', (event) => this.#press?.(event.offsetX, event.offsetY));
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'matrix');
    const item = frame?.items[0];
    const pen = this.#picture.pen(scene);
    if (!frame || !item) return drawn({ meta: 'no steps yet' });
    const { wrong, total } = wrongOf(item);
    const pairs = confusedPairs(item);
    if (pen) this.#paint(pen, scene, item, pairs, `${formatCount(wrong)} of ${formatCount(total)} wrong`);
    const curve = scene.props.record?.curves.get('val/loss');
    const expected = curve?.steps[curve.length - 1] ?? 0;
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: scene.size === 'S' ? '' : formatCounted(total, total === frame.num_samples ? 'sample' : 'answer'),
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, scene.props, expected, scene.now),
      digest: new Digest().addAll(item.values.data).toString(),
      summary: `Step ${frame.step}: ${wrong} of ${total} wrong. ${pairs
        .slice(0, 3)
        .map((pair) => `${pair.from} as ${pair.to} ${pair.count} times`)
        .join(', ')}.`,
    });
  }

  table(scene: Scene): Table {
    const item = asShape(shownFrame(scene), 'matrix')?.items[0];
    if (!item) return { columns: [''], rows: [] };
    const width = item.column_names.length;
    return {
      columns: [`${item.row_title} \\ ${item.column_title}`, ...item.column_names],
      rows: item.row_names.map((name, row) => [
        name,
        ...Array.from({ length: width }, (_, column) => String(item.values.data[row * width + column])),
      ]),
    };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#picture.dispose();
  }

  #paint(pen: Pen, scene: Scene, item: MatrixItem, pairs: readonly Confused[], head: string): void {
    const hasList = scene.size !== 'S' && pen.width > 240;
    const widest = Math.max(0, ...pairs.slice(0, MOST_PAIRS).map((pair) => pen.measure(wordsOf(pair))));
    const needed = Math.max(pen.measure(head, true) + 14, widest + COLUMN_GAP + pen.measure('000') + 10, 96);
    const list = hasList ? Math.min(needed, pen.width * 0.36) : 0;
    const names = nameColumn(Math.max(...item.row_names.map((name) => pen.measure(name))), pen.width);
    const line = 14 * pen.theme.textScale;
    const foot = scene.size === 'S' ? line : 2 * line + 2;
    const title = scene.size === 'S' ? 0 : pen.measure(item.row_title) + 8;
    const left = list + title + names;
    const box = { x: left, y: 0, width: pen.width - left, height: pen.height - foot - 2 };
    const cells = paintCells(pen, item, box, scene.size === 'S' ? '' : chosen(scene.options, CELLS));
    paintNames(pen, item, cells, names - NAME_GAP, scene.size !== 'S');
    if (hasList) paintList(pen, head, pairs, list - 10, pen.height);
    this.#picture.lookup = (x, y) => cells.tip(x, y);
    const { onConfused } = scene.props;
    const isOfAnswers = item.row_title === 'true' && item.column_title === 'predicted';
    this.#press = onConfused && isOfAnswers ? (x, y) => press(cells, x, y, onConfused) : null;
    this.#picture.canvas.style.cursor = this.#press ? 'pointer' : '';
    this.#picture.refreshTip();
  }
}

interface Cells {
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  /** Row and column at a place; null outside. */
  readonly at: (x: number, y: number) => readonly [number, number] | null;
  readonly tip: (x: number, y: number) => { rows: { name: string; value?: string; isStrong?: boolean }[] } | null;
}

function press(cells: Cells, x: number, y: number, look: (row: number, column: number) => void): void {
  const found = cells.at(x, y);
  if (found) look(...found);
}

/** What is written in a cell; the per cent sign is in the choice. */
export const inCell = (value: number, total: number, which: string): string =>
  which === 'shares' ? formatFixed((100 * value) / (total || 1), 0) : formatCount(value);

function paintCells(pen: Pen, item: MatrixItem, box: Box, which: string): Cells {
  const [rows, columns] = [item.row_names.length, item.column_names.length];
  const [width, height] = [box.width / columns, box.height / rows];
  const totals = rowTotals(item);
  const values = item.values.data;
  const widest = pen.measure(which === 'shares' ? '100' : formatCount(Math.max(...values)));
  const writes = which !== '' && height > 14 * pen.theme.textScale && width > widest + 4;
  const gap = Math.min(width, height) > 6 ? 1 : 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = values[row * columns + column] as number;
      const share = value / ((totals[row] as number) || 1);
      const [x, y] = [box.x + column * width, box.y + row * height];
      pen.rect({ x, y, width: width - gap, height: height - gap }, pen.theme.count.css(SHARE_OF_SCALE * share ** BEND));
      if (!writes || value === 0) continue;
      const colour = pen.colour(share > 0.3 ? 'ink-inverse' : 'ink');
      pen.text(inCell(value, totals[row] as number, which), x + (width - gap) / 2, y + height / 2 + 4, {
        align: 'center',
        colour,
      });
    }
  }
  const at: Cells['at'] = (x, y) => {
    const [column, row] = [Math.floor((x - box.x) / width), Math.floor((y - box.y) / height)];
    return column < 0 || row < 0 || column >= columns || row >= rows ? null : [row, column];
  };
  const tip: Cells['tip'] = (x, y) => {
    const found = at(x, y);
    if (!found) return null;
    const [row, column] = found;
    const value = values[row * columns + column] as number;
    const [from, to] = [item.row_names[row], item.column_names[column]];
    const name = row === column ? `${from}, right` : `${from} as ${to}`;
    const share = formatPercent(value / ((totals[row] as number) || 1), 1);
    return {
      rows: [
        { name },
        { name: 'count', value: formatCount(value), isStrong: true },
        { name: `of ${item.row_title} ${from}`, value: share },
      ],
    };
  };
  return { box, width, height, at, tip };
}

function paintNames(pen: Pen, item: MatrixItem, { box, width, height }: Cells, most: number, hasTitles: boolean): void {
  const line = 11 * pen.theme.textScale;
  const every = Math.max(1, Math.ceil((line - 1) / height));
  item.row_names.forEach((name, i) => {
    if (i % every === 0) pen.text(name, box.x - NAME_GAP, box.y + (i + 0.5) * height + 4, { align: 'right', most });
  });
  const widest = Math.max(...item.column_names.map((name) => Math.min(pen.measure(name), 48)));
  const stride = Math.max(1, Math.ceil((widest + 4) / width));
  item.column_names.forEach((name, i) => {
    if (i % stride !== 0) return;
    const most = width * stride - 2;
    const x = within(box.x + (i + 0.5) * width, Math.min(pen.measure(name), most), pen.width);
    pen.text(name, x, box.y + box.height + line + 2, { align: 'center', most });
  });
  if (!hasTitles) return;
  const colour = pen.colour('ink-2');
  pen.text(item.column_title, box.x + box.width / 2, pen.height - 3, { align: 'center', colour });
  const names = Math.max(...item.row_names.map((name) => pen.measure(name)));
  pen.text(item.row_title, box.x - names - 14, box.y + box.height / 2 + 4, { align: 'right', colour });
}

/** The counts of a list of pairs stand at least here, and so far from the words. */
const LEAST_COLUMN = 86;
const COLUMN_GAP = 8;

/** Pairs of classes that are listed. */
const MOST_PAIRS = 6;
const wordsOf = ({ from, to }: Confused): string => `${from} as ${to}`;

function paintList(pen: Pen, head: string, pairs: readonly Confused[], width: number, height: number): void {
  const line = 16 * pen.theme.textScale;
  pen.text(head, 0, 11 * pen.theme.textScale, { colour: pen.colour('ink'), isStrong: false });
  const most = Math.max(0, Math.min(MOST_PAIRS, Math.floor((height - 76) / line)));
  const listed = pairs.slice(0, most).map((pair) => ({
    words: wordsOf(pair),
    count: formatCount(pair.count),
  }));
  const counts = Math.max(0, ...listed.map(({ count }) => pen.measure(count)));
  const words = Math.max(0, ...listed.map(({ words }) => pen.measure(words)));
  const column = Math.min(width, Math.max(LEAST_COLUMN, words + COLUMN_GAP + counts));
  listed.forEach(({ words, count }, i) => {
    const y = 15 * pen.theme.textScale + line * (i + 1);
    pen.text(words, 0, y, { colour: pen.colour('ink-2'), most: column - counts - COLUMN_GAP });
    pen.text(count, column, y, { align: 'right', colour: pen.colour('ink') });
  });
  const foot = height - 3;
  const pixels = Uint32Array.from({ length: 64 }, (_, i) => pen.theme.count.pixel(SHARE_OF_SCALE * (i / 63) ** BEND));
  pen.text('share of the row', 0, foot - 15 * pen.theme.textScale);
  pen.text('0', 0, foot);
  paintBar(pen, pixels, 12, foot - 7, 44);
  pen.text('100 %', 62, foot);
}
