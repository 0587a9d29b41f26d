/** All samples of a group on one canvas, for a file. */
import { Pen, pictureOf } from '../../draw/canvas';
import { theme } from '../../draw/colours';
import type { ExamplesItem } from '../../words/frames';
import type { Cell } from './Cell';
import { answerOf, numbersOf, signOf } from './sayings';

const COLUMNS = 6;
const WIDE = 112;
const LINE = 15;

/** A grid of the pictures with their words below; of texts one a row. */
export function pictureOfGroup(item: ExamplesItem, cells: readonly Cell[], side: number): string {
  const hasImages = item.examples.some((one) => one.image !== null);
  const columns = hasImages ? Math.min(COLUMNS, item.examples.length) : 1;
  const [wide, high] = hasImages ? [WIDE, side + 3 * LINE] : [COLUMNS * WIDE, 3 * LINE];
  const canvas = document.createElement('canvas');
  const pen = Pen.on(canvas, columns * wide, Math.ceil(item.examples.length / columns) * high);
  item.examples.forEach((example, i) => {
    const [x, y] = [(i % columns) * wide, Math.floor(i / columns) * high];
    const image = cells[i]?.canvas;
    const top = hasImages ? y + side + 2 : y + LINE;
    if (example.image && image) pen?.context.drawImage(image, x, y, side, (side * image.height) / image.width);
    else pen?.text(example.text ?? example.caption ?? '', x, y + LINE - 3, { most: wide - 8 });
    const answer = [signOf(example), answerOf(example)].filter(Boolean).join(' ');
    pen?.text(answer, x, top + LINE - 3, { most: wide - 8, colour: pen.colour('ink') });
    pen?.text(numbersOf(example), x, top + 2 * LINE - 3, { most: wide - 8 });
  });
  return pictureOf(canvas, theme().colours['bg-surface']);
}
