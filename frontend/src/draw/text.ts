/** Width of texts as the browser will draw them. */
/** The part of a theme that texts depend on. */
export interface TextStyle {
  readonly font: string;
  /** 1, or 1.5 in presenter mode. */
  readonly textScale: number;
}

let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();
const MOST_KEPT = 500;

/** What DejaVu Sans, the widest fallback, takes: used where there is no canvas to measure on. */
const estimate = (text: string, isStrong: boolean): number => [...text].length * (isStrong ? 7.1 : 6.5);

/** Pixels that a text of the smallest size takes. */
export function textWidth(text: string, theme: TextStyle, isStrong = false): number {
  const key = `${isStrong} ${theme.textScale} ${theme.font} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement('canvas').getContext('2d');
  let width = estimate(text, isStrong) * theme.textScale;
  if (context) {
    context.font = `${isStrong ? 600 : 400} ${11 * theme.textScale}px ${theme.font}`;
    width = context.measureText(text).width;
  }
  if (widths.size >= MOST_KEPT) widths.clear();
  widths.set(key, width);
  return width;
}

/** To be called when a font has arrived. */
export const forgetWidths = (): void => widths.clear();
