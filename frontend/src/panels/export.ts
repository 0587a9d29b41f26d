/** Panels as files. A picture says what it shows: what stands in the head of a panel stands over it. */
import { asForFile, FILE_RATIO, Pen } from '../draw/canvas';
import { type Theme, theme } from '../draw/colours';
import { addressOf, loadedImage, textOf } from '../draw/svg';
import { textWidth } from '../draw/text';
import type { PanelKind } from './catalogue';
import { chosen, type Drawn, type Options, type Table } from './drawing';
import { VIEW } from './histogram/HistogramDrawing';
import { LANDSCAPE_VIEW } from './landscape/LandscapeDrawing';

export type FileFormat = 'png' | 'svg' | 'csv';

/** Charts with axes can be saved as drawings, canvases as pictures only, and words as a table. */
export function formatsOf({ shape }: PanelKind, options: Options): readonly FileFormat[] {
  if (shape === 'step') return ['csv'];
  const isChart =
    shape === 'series' ||
    shape === 'lines' ||
    shape === 'scatter' ||
    (shape === 'histogram' && chosen(options, VIEW) === 'spread') ||
    (shape === 'landscape' && chosen(options, LANDSCAPE_VIEW) === 'values');
  return isChart ? ['png', 'svg', 'csv'] : ['png', 'csv'];
}

/** What stands over a picture in its file. */
export interface Caption {
  readonly title: string;
  readonly text: string;
}

/** What the head of a panel says beside its title, what of it only a file needs, and of which run it is. */
export function captionOf({ unit, layers, layer, picks = [], tag, inFile }: Drawn, meta: string, run?: number): string {
  const subject = layers?.find(({ value }) => value === layer)?.label ?? unit;
  const chosenPicks = picks.map(({ label, value, values }) => {
    return `${label.toLowerCase()} ${values.find((one) => one.value === value)?.label ?? value}`;
  });
  const measured = inFile === undefined ? [tag?.text ?? meta] : [tag?.text, inFile];
  return [subject, ...chosenPicks, ...measured, run ? `run ${run}` : ''].filter(Boolean).join(' · ');
}

const MARGIN = 16;
/** Height of the caption and the air below it. */
const headOf = ({ textScale }: Theme): number => 40 * textScale;

/** A narrow picture gets as wide as its caption. */
const widthOf = ({ title, text }: Caption, look: Theme): number =>
  Math.ceil(Math.max(textWidth(title, look, true), textWidth(text, look)));

/** A picture with its caption, as a PNG data address. */
export async function captionedPng(picture: string, caption: Caption): Promise<string> {
  const image = await loadedImage(picture);
  const [width, height] = [image.naturalWidth / FILE_RATIO, image.naturalHeight / FILE_RATIO];
  const canvas = document.createElement('canvas');
  const look = theme();
  const wide = Math.max(width, widthOf(caption, look)) + 2 * MARGIN;
  const pen = asForFile(() => Pen.on(canvas, wide, height + headOf(look) + 2 * MARGIN));
  if (!pen) return picture;
  pen.rect({ x: 0, y: 0, width: pen.width, height: pen.height }, pen.colour('bg-surface'));
  pen.text(caption.title, MARGIN, MARGIN + pen.textSize, { colour: pen.colour('ink'), isStrong: true });
  pen.text(caption.text, MARGIN, MARGIN + 2.5 * pen.textSize);
  pen.context.drawImage(image, MARGIN, MARGIN + headOf(look), width, height);
  return canvas.toDataURL('image/png');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A drawing with its caption, as an SVG data address. */
export function captionedSvg(address: string, caption: Caption): string {
  const inner = textOf(address);
  const sizeOf = (name: string): number => Number(inner.match(new RegExp(`<svg[^>]* ${name}="([\\d.]+)`))?.[1] ?? 0);
  const { colours, font, textScale } = theme();
  const wide = Math.max(sizeOf('width'), widthOf(caption, theme()));
  const [width, height] = [wide + 2 * MARGIN, sizeOf('height') + headOf(theme()) + 2 * MARGIN];
  const size = 11 * textScale;
  const line = (text: string, y: number, look: string): string =>
    `<text x="${MARGIN}" y="${y}" font-size="${size}" ${look}>${escaped(text)}</text>`;
  return addressOf(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
      ` font-family="${font.replaceAll('"', "'")}"><rect width="100%" height="100%" fill="${colours['bg-surface']}"/>` +
      line(caption.title, MARGIN + size, `font-weight="600" fill="${colours.ink}"`) +
      line(caption.text, MARGIN + 2.5 * size, `fill="${colours['ink-3']}"`) +
      `${inner.replace('<svg', `<svg x="${MARGIN}" y="${MARGIN + headOf(theme())}"`)}</svg>`,
  );
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180. */
export function csvOf({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');
}

/** Gives the reader a file. */
export function save(name: string, address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  save(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
