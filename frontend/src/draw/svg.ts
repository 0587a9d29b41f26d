/** Drawings as SVG files: they bring the letters of the page with them, for a file has no page around it. */
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { FILE_RATIO } from './canvas';

const START = 'data:image/svg+xml,';

export const addressOf = (svg: string): string => START + encodeURIComponent(svg);
export const textOf = (address: string): string => decodeURIComponent(address.slice(address.indexOf(',') + 1));

let letters: Promise<string> | null = null;

/** The rule that holds the font of the page; empty where it cannot be read, and then a usual font stands in. */
export function lettersOfPage(): Promise<string> {
  letters ??= fetch(latin)
    .then(async (answer) => (answer.ok ? ruleOf(new Uint8Array(await answer.arrayBuffer())) : ''))
    .catch(() => '');
  return letters;
}

function ruleOf(font: Uint8Array): string {
  const bytes = Array.from(font, (byte) => String.fromCharCode(byte)).join('');
  return `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,${btoa(bytes)}) format("woff2")}`;
}

/** The drawing with this rule at its beginning. */
export const withLetters = (svg: string, rule: string): string =>
  rule ? svg.replace(/<svg[^>]*>/, (start) => `${start}<style>${rule}</style>`) : svg;

/** A picture that has been loaded. */
export function loadedImage(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('The picture could not be made.'));
    image.src = address;
  });
}

export async function paintedSvg(address: string, width: number, height: number): Promise<HTMLCanvasElement> {
  const image = await loadedImage(address);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * FILE_RATIO);
  canvas.height = Math.round(height * FILE_RATIO);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
