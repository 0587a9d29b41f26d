/** What a panel's picture must do. Pictures are drawn outside of React; React holds the frame around them. */
import type { Lack } from '../generated/schemas';
import type { DecodedFrame } from '../words/frames';
import type { PanelProps } from './props';

/** S: below 260 × 150, without axis titles and numbers in cells. L: maximised, all controls open. */
export type PanelSize = 'S' | 'M' | 'L';

/** Choices of a panel by name, kept with the arrangement. */
export type Options = Readonly<Record<string, string>>;

/** Everything that one redraw may look at. */
export interface Scene {
  readonly props: PanelProps;
  /** Name of the probe; the empty text for curves. */
  readonly probe: string;
  /** Of an analysis: what is shown, for its results are not all of the stream. Left out, the probe's frame. */
  readonly frame?: DecodedFrame | null;
  /** All that the panel draws: that probe first. */
  readonly probes?: readonly string[];
  readonly options: Options;
  readonly setOption: (name: string, value: string) => void;
  readonly size: PanelSize;
  /** Inner size of the plot, CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Monotonic clock, milliseconds. */
  readonly now: number;
}

/** Why a panel shows no picture. */
export type PanelState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'inapplicable'; readonly text: string; readonly offer: Lack['offer'] }
  /** This view has nothing, another view of the same may. */
  | { readonly kind: 'nothing_here'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string };

export interface Tag {
  readonly tone: 'warning' | 'error';
  readonly text: string;
  /** The whole story, on hover. */
  readonly title?: string;
}

export interface Layer {
  /** Name of the node. */
  readonly value: string;
  readonly label: string;
}

/** A choice whose values depend on what is shown, such as a channel of this layer; kept as the option `name`. */
export interface Pick {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly values: readonly Layer[];
}

/** What was drawn, for the head and for those who do not see it. */
export interface Drawn {
  readonly state: PanelState;
  readonly step: number | null;
  readonly unit: string;
  readonly meta: string;
  /** What a file says in its place, where the meta leaves out what a screen has no need of. */
  readonly inFile?: string;
  readonly tag: Tag | null;
  /** One or two sentences. */
  readonly summary: string;
  /** Hash of the drawn values; absent for charts, whose data can be read. */
  readonly digest?: string;
  /** What to choose from, where a panel shows one of several layers. */
  readonly layers?: readonly Layer[];
  /** The one that is shown. */
  readonly layer?: string;
  /** Further choices beside the layer. */
  readonly picks?: readonly Pick[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Drawing {
  draw(scene: Scene): Drawn;
  /** The same values: names and numbers as machines write them. The table dresses them, the CSV file does not. */
  table(scene: Scene): Table;
  /** What the CSV file has, where a table to be read would be too long with it. */
  file?(scene: Scene): Table;
  /** The picture alone as a data address; left out where what is shown is words and numbers. */
  image?(format: 'png' | 'svg'): Promise<string>;
  dispose(): void;
}

/** Makes the drawing inside `host`; `redraw` asks for another one, as after a zoom. */
export type MakeDrawing = (host: HTMLElement, redraw: () => void) => Drawing;

/** One choice that a panel offers. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  /** What holds when nothing was chosen; the first value where it is left out. */
  readonly standard?: string;
  readonly values: readonly { readonly value: string; readonly label: string; readonly icon?: string }[];
  /**
   * In the head of the panel, in the corner of its foot, or in its menu only. A toggle is on or off: a button at the
   * right of the foot, named by the label and marked by the icon of its first value.
   */
  readonly place: 'head' | 'foot' | 'menu' | 'toggle';
  /** False where what else is chosen leaves nothing to choose here. */
  readonly isOffered?: (options: Options) => boolean;
}

export const chosen = (options: Options, choice: Choice): string =>
  options[choice.name] ?? choice.standard ?? choice.values[0]?.value ?? '';

const BLANK: Drawn = { state: { kind: 'empty' }, step: null, unit: '', meta: '', tag: null, summary: '' };

export const drawn = (parts: Partial<Drawn>): Drawn => ({ ...BLANK, ...parts });

/** The frame that a panel shows: the newest, or in time travel the newest that is not after the viewed step. */
export function shownFrame({ props, probe, frame }: Scene): DecodedFrame | undefined {
  if (frame !== undefined) return frame ?? undefined;
  const frames = props.record?.frames;
  const at = props.viewStep ?? null;
  return at === null ? frames?.newest(probe) : frames?.at(probe, at);
}
