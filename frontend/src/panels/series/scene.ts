/** Everything that a series panel is drawn from, and where values lie on the screen. */
import { type AxisTicks, axisTicks } from '../../draw/axisTicks';
import type { Margins } from '../../draw/chart';
import type { Theme } from '../../draw/colours';
import { textWidth } from '../../draw/text';
import type { Range } from '../../draw/ticks';
import type { Mark } from '../../stores/record';
import type { Role } from './plot';

export interface Line {
  readonly name: string;
  readonly role: Role;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** The values before smoothing, drawn faint behind. */
  readonly raw: Float64Array | null;
  /** Text at its end. */
  readonly end: string;
}

export interface SeriesScene {
  readonly lines: readonly Line[];
  /** The run before, in grey behind. */
  readonly ghosts: readonly Line[];
  readonly ghostName: string;
  readonly factor: number;
  readonly notes: Notes;
  readonly x: Range;
  readonly y: Range;
  readonly isLog: boolean;
  /** Steps of one unit of the x axis: 1, or those of an epoch. */
  readonly stepsPerUnit: number;
  /** Time travel: what comes after this step is pale. */
  readonly viewStep: number | null;
  readonly width: number;
  readonly height: number;
  readonly isSmall: boolean;
  /** Another text lets go of a zoom made by hand. */
  readonly revision: string;
  readonly theme: Theme;
}

export interface Notes {
  readonly marks: readonly Mark[];
  readonly reference: { readonly value: number; readonly text: string } | null;
  readonly diverged: { readonly step: number; readonly text: string } | null;
  /** Values that the limits leave out, written. */
  readonly above: string | null;
  readonly below: string | null;
}

/** Between values and the pixels of the plot, (0, 0) being its upper left corner. */
export interface Mapping {
  readonly width: number;
  readonly height: number;
  readonly toX: (step: number) => number;
  readonly toY: (value: number) => number;
  readonly fromX: (x: number) => number;
  readonly fromY: (y: number) => number;
}

export const colourOf = (role: Role, { colours }: Theme): string =>
  role === 'plain' ? colours['ink-2'] : colours[role];

export const yTicks = ({ y, height, isLog }: Pick<SeriesScene, 'y' | 'height' | 'isLog'>): AxisTicks =>
  axisTicks(y, height < 100 ? 3 : 5, isLog);

/** Above the plot, for words that must not lie on a curve. */
const WORDS_ABOVE = 15;

export function marginsOf(scene: Pick<SeriesScene, 'y' | 'height' | 'isLog' | 'isSmall' | 'theme'>): Margins {
  const { textScale } = scene.theme;
  const widest = Math.max(0, ...yTicks(scene).texts.map((text) => textWidth(text, scene.theme)));
  // On the right is room for half of a long label below the axis.
  return {
    l: Math.max(40 * textScale, widest + 8),
    r: 22 * textScale,
    t: scene.isSmall ? 8 : WORDS_ABOVE * textScale,
    b: 20 * textScale,
  };
}

export function mappingOf(scene: SeriesScene): Mapping {
  const margins = marginsOf(scene);
  const width = scene.width - margins.l - margins.r;
  const height = scene.height - margins.t - margins.b;
  const onAxis = (value: number): number => (scene.isLog ? Math.log10(value) : value);
  const [low, high] = [onAxis(scene.y[0]), onAxis(scene.y[1])];
  return {
    width,
    height,
    toX: (step) => ((step - scene.x[0]) / (scene.x[1] - scene.x[0])) * width,
    toY: (value) => ((high - onAxis(value)) / (high - low)) * height,
    fromX: (x) => scene.x[0] + (x / width) * (scene.x[1] - scene.x[0]),
    fromY: (y) => (scene.isLog ? 10 ** (high - (y / height) * (high - low)) : high - (y / height) * (high - low)),
  };
}
