/** A canvas with sharp lines and texts at any device ratio. */
import { type ColourName, type Theme, theme } from './colours';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a picture file for each CSS pixel, whatever the screen has. */
export const FILE_RATIO = 2;

let fileRatio: number | null = null;

const pixelRatio = (): number => fileRatio ?? Math.max(1, globalThis.devicePixelRatio || 1);

/** Runs `draw` with canvases as sharp as a file deserves. */
export function asForFile<T>(draw: () => T): T {
  fileRatio = FILE_RATIO;
  try {
    return draw();
  } finally {
    fileRatio = null;
  }
}

export type Align = 'left' | 'center' | 'right';

/** Draws in CSS pixels. Make one for each redraw: it clears the canvas. */
export class Pen {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;

  private constructor(context: CanvasRenderingContext2D, width: number, height: number) {
    this.context = context;
    this.theme = theme();
    this.width = width;
    this.height = height;
  }

  /** Null where there is nothing to draw on: a canvas without a size, or a test without a canvas. */
  static on(canvas: HTMLCanvasElement, width: number, height: number): Pen | null {
    const context = canvas.getContext('2d');
    if (!context || width < 2 || height < 2) return null;
    const ratio = pixelRatio();
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return new Pen(context, width, height);
  }

  /** Size of the smallest text. */
  get textSize(): number {
    return 11 * this.theme.textScale;
  }

  #font(isStrong: boolean): string {
    return `${isStrong ? 600 : 400} ${this.textSize}px ${this.theme.font}`;
  }

  colour(name: ColourName): string {
    return this.theme.colours[name];
  }

  /** Text on the baseline `y`; cut with … where it is wider than `most`. */
  text(
    text: string,
    x: number,
    y: number,
    options: { align?: Align; colour?: string; isStrong?: boolean; most?: number } = {},
  ): void {
    const { context } = this;
    context.font = this.#font(options.isStrong ?? false);
    context.textAlign = options.align ?? 'left';
    context.fillStyle = options.colour ?? this.colour('ink-3');
    context.fillText(options.most === undefined ? text : this.clip(text, options.most), x, y);
  }

  measure(text: string, isStrong = false): number {
    this.context.font = this.#font(isStrong);
    return this.context.measureText(text).width;
  }

  /** The text, or as much of it as fits followed by …. */
  clip(text: string, most: number): string {
    if (this.context.measureText(text).width <= most) return text;
    let length = text.length - 1;
    while (length > 1 && this.context.measureText(`${text.slice(0, length)}…`).width > most) length -= 1;
    return `${text.slice(0, length)}…`;
  }

  line(
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    colour: string,
    options: { width?: number; dash?: number[] } = {},
  ): void {
    const { context } = this;
    const width = options.width ?? 1;
    // A line of odd width lies between pixels unless it is moved by half of one.
    const sharp = (a: number, b: number): number => (a === b && width % 2 === 1 ? Math.round(a) + 0.5 : a);
    context.beginPath();
    context.moveTo(sharp(x1, x2), sharp(y1, y2));
    context.lineTo(sharp(x2, x1), sharp(y2, y1));
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(options.dash ?? []);
    context.stroke();
    context.setLineDash([]);
  }

  rect(box: Box, colour: string): void {
    this.context.fillStyle = colour;
    this.context.fillRect(box.x, box.y, box.width, box.height);
  }

  /** Runs `draw` with everything outside the box cut off. */
  inside(box: Box, draw: () => void): void {
    this.context.save();
    this.context.beginPath();
    this.context.rect(box.x, box.y, box.width, box.height);
    this.context.clip();
    draw();
    this.context.restore();
  }
}

let scratch: HTMLCanvasElement | null = null;

/**
 * Puts a picture given as 32-bit pixels (row-major) into a box.
 *
 * @param isSmooth True to blend neighbours; false keeps cells sharp.
 */
export function putPixels(
  context: CanvasRenderingContext2D,
  pixels: Uint32Array,
  columns: number,
  rows: number,
  box: Box,
  isSmooth = false,
): void {
  scratch ??= document.createElement('canvas');
  scratch.width = columns;
  scratch.height = rows;
  const inner = scratch.getContext('2d');
  if (!inner || columns < 1 || rows < 1) return;
  const image = inner.createImageData(columns, rows);
  new Uint32Array(image.data.buffer).set(pixels);
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = isSmooth;
  context.drawImage(scratch, box.x, box.y, box.width, box.height);
}

/** Width of a canvas in device pixels for so many CSS pixels, whole. */
export const toDevice = (css: number): number => Math.max(1, Math.round(css * pixelRatio()));
export const fromDevice = (device: number): number => device / pixelRatio();

/** A canvas as a PNG data address, on a background of this colour. */
export function pictureOf(canvas: HTMLCanvasElement, background: string): string {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (!context) return canvas.toDataURL('image/png');
  context.fillStyle = background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy.toDataURL('image/png');
}
