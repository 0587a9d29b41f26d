/** Everything that a panel of lines is drawn from, and where values lie on the screen. */
import type { Margins } from '../../draw/chart';
import { cssOf, mix, rgbOf, type Theme } from '../../draw/colours';
import { textWidth } from '../../draw/text';
import type { Range } from '../../draw/ticks';
import type { Mapping } from '../series/scene';
import { placeNames } from './placeNames';
import type { Curve, LinesPlan } from './plan';

export interface LinesScene extends LinesPlan {
  readonly x: Range;
  readonly y: Range;
  readonly width: number;
  readonly height: number;
  readonly isSmall: boolean;
  /** The name of the curve that a hand points at, or null. */
  readonly near: string | null;
  /** True where the head has no room for what y is. */
  readonly saysY: boolean;
  readonly revision: string;
  readonly theme: Theme;
}

/** More curves than this are grey, and the one that is pointed at has the colour. */
export const MOST_COLOURS = 8;
/** Names at line ends take at most this share of the width. */
const MOST_NAMES = 0.34;
/** Where the widest name needs more than this share, the names stand in the foot instead, if few rows hold them. */
const FEW_NAMES = 0.22;
const DASHES = ['solid', '6px,3px', '2px,2px', '9px,3px,2px,3px', '4px,4px', '12px,4px', '1px,3px', '6px,2px,1px,2px'];
const SYMBOLS = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'x', 'triangle-down', 'star'];

const ages = (scene: Pick<LinesPlan, 'curves'>): boolean => scene.curves.some((curve) => curve.age !== null);

/** Its place among the curves that have no role; those have the colours of the series, in order. */
function placeOf(curve: Curve, curves: readonly Curve[]): number {
  return curves.filter((one) => one.role === null).indexOf(curve);
}

const isCrowd = (curves: readonly Curve[]): boolean =>
  curves.filter((curve) => curve.role === null).length > MOST_COLOURS;

export function colourOf(curve: Curve, scene: Pick<LinesScene, 'curves' | 'theme' | 'near'>): string {
  const { theme, curves, near } = scene;
  if (curve.role === 'train' || curve.role === 'validation') return theme.colours[curve.role];
  if (curve.role === 'reference') return theme.colours['ink-3'];
  if (curve.age !== null) return theme.sequential.css(0.08 + 0.84 * curve.age);
  if (isCrowd(curves)) {
    if (curve.name === near) return theme.series[0] as string;
    return cssOf(mix(rgbOf(theme.colours['bg-surface']), rgbOf(theme.colours['ink-3']), 0.55));
  }
  return theme.series[placeOf(curve, curves)] as string;
}

export function dashOf(curve: Curve, scene: Pick<LinesPlan, 'curves'>): string {
  if (curve.role === 'reference') return 'dot';
  if (curve.role !== null || curve.age !== null || isCrowd(scene.curves)) return 'solid';
  return DASHES[placeOf(curve, scene.curves)] as string;
}

export const symbolOf = (curve: Curve, { curves }: Pick<LinesPlan, 'curves'>): string =>
  SYMBOLS[Math.max(0, placeOf(curve, curves)) % SYMBOLS.length] as string;

type Named = Pick<LinesScene, 'curves' | 'mark' | 'isSmall' | 'theme' | 'width' | 'height' | 'isTime'>;

const widestName = ({ curves, theme }: Named): number =>
  Math.max(...curves.map((curve) => textWidth(curve.name, theme, true)));

/** From this height on two rows of names leave room enough for the curves. */
const HIGH = 180;
/** Ends that are nearer to one another than this share of all values cannot be told apart. */
const TOGETHER = 0.01;

/** True where two curves end at the same place, so that a name there could be of either. */
function endTogether(curves: readonly Curve[]): boolean {
  const values = curves.flatMap((curve) => Array.from(curve.y).filter(Number.isFinite));
  const span = Math.max(...values) - Math.min(...values);
  const ends = curves.flatMap((curve) => Array.from(curve.y).findLast(Number.isFinite) ?? []).sort((a, b) => a - b);
  return ends.some((end, i) => i > 0 && end - (ends[i - 1] as number) < TOGETHER * span);
}

/** True where each curve has its name at its end; else a legend stands in the foot, so that it does not squeeze them. */
export function namesAtEnds(scene: Named): boolean {
  if (scene.mark !== 'line' || scene.curves.length > MOST_COLOURS || ages(scene)) return false;
  const { curves, theme, width, height } = scene;
  if (scene.isSmall || scene.isTime) return true;
  if (widestName(scene) <= scene.width * FEW_NAMES && !endTogether(curves)) return true;
  const rows = height < HIGH ? 1 : 2;
  const needed = curves.reduce((sum, curve) => sum + textWidth(curve.name, theme) + 34 * theme.textScale, 0);
  return needed > rows * (width - 34 * theme.textScale);
}

/** What a legend names: nothing where one curve alone needs no name, and not the many of a crowd. */
export function legendOf(scene: Named): readonly Curve[] {
  if (namesAtEnds(scene) || scene.isSmall || scene.curves.length < 2) return [];
  if (ages(scene)) return [scene.curves[0] as Curve, scene.curves.at(-1) as Curve];
  if (!isCrowd(scene.curves)) return scene.curves;
  const measured = scene.curves.filter((curve) => curve.role === 'train' || curve.role === 'validation');
  return measured.length > 0 ? scene.curves.filter((curve) => curve.role !== null) : [];
}

/** Room for the names at the right of the lines. */
export function namesWidth(scene: Named): number {
  // Over steps the lines end within the axes for most of the run.
  if (!namesAtEnds(scene) || scene.curves.length < 2 || scene.isTime) return 0;
  return Math.min(widestName(scene) + 6, scene.width * MOST_NAMES);
}

export const LEGEND_ROW = 16;

type Sized = Pick<
  LinesScene,
  'curves' | 'mark' | 'isSmall' | 'theme' | 'width' | 'height' | 'xNames' | 'xTitle' | 'saysY' | 'isTime'
>;

/** The rows of the legend: as many names in each as fit. */
export function legendRows(scene: Sized): readonly (readonly Curve[])[] {
  const rows: Curve[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const curve of legendOf(scene)) {
    const needed = textWidth(curve.name, scene.theme) + 34 * scene.theme.textScale;
    if (used + needed > scene.width - 34 * scene.theme.textScale) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(curve);
    used += needed;
  }
  return rows;
}

export const hasXTitle = (scene: Pick<LinesScene, 'isSmall' | 'xTitle' | 'xNames' | 'height'>): boolean =>
  !scene.isSmall && scene.xNames === null && scene.xTitle !== '' && scene.height >= 110;

export function marginsOf(scene: Sized): Margins {
  const { textScale } = scene.theme;
  const l = 40 * textScale;
  const r = 14 * textScale + namesWidth(scene);
  const foot = scene.xNames ? placeNames(scene, scene.width - l - r).height : 20 * textScale;
  const rows = legendRows(scene).length * LEGEND_ROW * textScale;
  const title = hasXTitle(scene) ? 15 * textScale : 0;
  return { l, r, t: scene.saysY && !scene.isSmall ? 22 * textScale : 8, b: foot + title + rows };
}

const axis = (isLog: boolean, value: number): number => (isLog ? Math.log10(value) : value);
const back = (isLog: boolean, place: number): number => (isLog ? 10 ** place : place);

export function mappingOf(scene: LinesScene): Mapping {
  const margins = marginsOf(scene);
  const width = scene.width - margins.l - margins.r;
  const height = scene.height - margins.t - margins.b;
  const { isLogX, isLogY } = scene;
  const [from, to] = [axis(isLogX, scene.x[0]), axis(isLogX, scene.x[1])];
  const [low, high] = [axis(isLogY, scene.y[0]), axis(isLogY, scene.y[1])];
  return {
    width,
    height,
    toX: (value) => ((axis(isLogX, value) - from) / (to - from)) * width,
    toY: (value) => ((high - axis(isLogY, value)) / (high - low)) * height,
    fromX: (x) => back(isLogX, from + (x / width) * (to - from)),
    fromY: (y) => back(isLogY, high - (y / height) * (high - low)),
  };
}
