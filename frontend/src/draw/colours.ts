/** Colours and sizes read from the tokens, and colour scales made from them; read anew when the theme changes. */

import { forgetWidths, type TextStyle } from './text';

/** Red, green and blue, 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const NUM_ENTRIES = 256;

/** A colour scale over 0…1 as a table. */
export class Scale {
  /** Little-endian pixels, ready for an `ImageData` seen as 32-bit words. */
  readonly pixels: Uint32Array;
  readonly #stops: readonly Rgb[];

  constructor(stops: readonly Rgb[]) {
    this.#stops = stops;
    this.pixels = Uint32Array.from({ length: NUM_ENTRIES }, (_, i) => {
      const [red, green, blue] = this.rgb(i / (NUM_ENTRIES - 1));
      return (0xff << 24) | (blue << 16) | (green << 8) | red;
    });
  }

  rgb(share: number): Rgb {
    const place = Math.min(1, Math.max(0, share)) * (this.#stops.length - 1);
    const index = Math.min(Math.floor(place), this.#stops.length - 2);
    return mix(this.#stops[index] as Rgb, this.#stops[index + 1] as Rgb, place - index);
  }

  css(share: number): string {
    return cssOf(this.rgb(share));
  }

  /** The pixel at `share`; a value that is not a number has no colour. */
  pixel(share: number): number {
    if (!(share > 0)) return Number.isNaN(share) ? 0 : (this.pixels[0] as number);
    return this.pixels[share >= 1 ? NUM_ENTRIES - 1 : (share * (NUM_ENTRIES - 1) + 0.5) | 0] as number;
  }

  /** For a scale bar. */
  gradient(direction = 'to right'): string {
    return `linear-gradient(${direction},${Array.from({ length: 17 }, (_, i) => this.css(i / 16)).join()})`;
  }

  /** The part from `from` to `to`, as a scale of its own. */
  part(from: number, to: number): Scale {
    return new Scale(Array.from({ length: 17 }, (_, i) => this.rgb(from + ((to - from) * i) / 16)));
  }
}

export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const at = (k: 0 | 1 | 2): number => Math.round(one[k] + (other[k] - one[k]) * share);
  return [at(0), at(1), at(2)];
}

export const cssOf = ([red, green, blue]: Rgb): string => `rgb(${red},${green},${blue})`;

/** `#rgb`, `#rrggbb` and `#rrggbbaa`; black for what cannot be read. */
export function rgbOf(colour: string): Rgb {
  const digits = colour.trim().replace('#', '');
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const at = (start: number): number => Number.parseInt(full.slice(start, start + 2), 16) || 0;
  return [at(0), at(2), at(4)];
}

/** Names of the tokens that drawing uses. */
const COLOURS = [
  'bg-canvas',
  'bg-surface',
  'bg-sunken',
  'bg-active',
  'line-faint',
  'line',
  'line-strong',
  'ink',
  'ink-2',
  'ink-3',
  'ink-inverse',
  'accent',
  'train',
  'validation',
  'warning-mark',
  'error',
] as const;
export type ColourName = (typeof COLOURS)[number];

export interface Theme extends TextStyle {
  readonly name: string;
  readonly colours: Readonly<Record<ColourName, string>>;
  readonly series: readonly string[];
  /** Signed data, zero in the middle. */
  readonly diverging: Scale;
  /** Signed data behind points: stops halfway, so that points at the ends stay visible. */
  readonly soft: Scale;
  /** From the surface up: counts and shares. */
  readonly count: Scale;
  /** Data without a zero. */
  readonly sequential: Scale;
  /** Pictures as they are. */
  readonly gray: Scale;
}

const GRAY: readonly Rgb[] = [
  [12, 12, 14],
  [247, 247, 249],
];

/** Half of the distance from the middle at which the diverging scale stops behind points. */
const SOFT = 0.24;

export function readTheme(root: Element = document.documentElement): Theme {
  const style = getComputedStyle(root);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const scale = (prefix: string, num: number): Scale =>
    new Scale(Array.from({ length: num }, (_, i) => rgbOf(token(`${prefix}-${i}`))));
  const diverging = scale('div', 9);
  return {
    name: root.getAttribute('data-theme') ?? 'light',
    colours: Object.fromEntries(COLOURS.map((name) => [name, token(name)])) as Record<ColourName, string>,
    series: Array.from({ length: 8 }, (_, i) => token(`series-${i + 1}`)),
    font: token('font-ui') || 'sans-serif',
    textScale: Number.parseFloat(token('scale')) || 1,
    diverging,
    soft: diverging.part(0.5 - SOFT, 0.5 + SOFT),
    count: scale('count', 6),
    sequential: scale('seq', 10),
    gray: new Scale(GRAY),
  };
}

let current: Theme | null = null;
let observer: MutationObserver | null = null;
const listeners = new Set<() => void>();

function watch(): void {
  if (observer || typeof MutationObserver === 'undefined') return;
  observer = new MutationObserver(() => {
    current = null;
    for (const listener of [...listeners]) listener();
  });
  // Text on a canvas does not follow a font that arrives later.
  document.fonts?.addEventListener('loadingdone', () => {
    forgetWidths();
    for (const listener of [...listeners]) listener();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-presenting'] });
}

/** The theme as it stands; the same object until it changes. */
export function theme(): Theme {
  watch();
  current ??= readTheme();
  return current;
}

export function onThemeChange(listener: () => void): () => void {
  watch();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
