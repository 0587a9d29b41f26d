/** The texts as a picture file: what the page shows as words is drawn on a canvas. */
import { Pen, pictureOf } from '../../draw/canvas';
import type { Theme } from '../../draw/colours';
import type { TextItem } from '../../words/frames';

const LINE = 16;
const MARGIN = 12;
const LEAST_WIDTH = 240;

/** Breaks after so many characters, at line ends first. */
export function wrap(text: string, most: number): string[] {
  return text.split('\n').flatMap((line) => {
    const parts = line.match(new RegExp(`.{1,${Math.max(1, most)}}`, 'gu'));
    return parts ?? [''];
  });
}

export function pictureOfTexts(items: readonly TextItem[], hostWidth: number, theme: Theme): string {
  const width = Math.max(LEAST_WIDTH, hostWidth) + 2 * MARGIN;
  const most = Math.floor((width - 2 * MARGIN) / (7.2 * theme.textScale));
  const lines = items.flatMap((item) => [item.title, ...wrap(item.prompt + item.text, most), '']);
  const canvas = document.createElement('canvas');
  const pen = Pen.on(canvas, width, lines.length * LINE * theme.textScale + 2 * MARGIN);
  let y = MARGIN + 11 * theme.textScale;
  for (const item of pen ? items : []) {
    pen?.text(item.title, MARGIN, y);
    let left = item.prompt.length;
    for (const line of wrap(item.prompt + item.text, most)) {
      y += LINE * theme.textScale;
      const given = line.slice(0, Math.max(0, left));
      left -= line.length;
      pen?.text(given, MARGIN, y);
      pen?.text(line.slice(given.length), MARGIN + (pen?.measure(given) ?? 0), y, { colour: pen.colour('ink') });
    }
    y += 2 * LINE * theme.textScale;
  }
  return pictureOf(canvas, theme.colours['bg-surface']);
}
