/** Where the names of the curves stand: at their ends, or in a legend in the foot. */
import { pushApart } from '../../draw/labels';
import { textWidth } from '../../draw/text';
import type { Label } from '../series/labels';
import type { Mapping } from '../series/scene';
import type { Curve } from './plan';
import {
  colourOf,
  hasXTitle,
  LEGEND_ROW,
  type LinesScene,
  legendRows,
  marginsOf,
  namesAtEnds,
  symbolOf,
} from './scene';

const GAP = 15;
const LEAST_GAP = 11;
const BESIDE = 7;
const LEADER_FROM = 6;
const EDGE = 6;
/** About as wide as a name stands off its dot: an en space and a thin one. */
const BLANK = '\u2002\u2009';

/** Its last place inside of the axes. */
function endOf(curve: Curve, scene: LinesScene): readonly [number, number] | null {
  for (let i = curve.y.length - 1; i >= 0; i -= 1) {
    const [x, y] = [curve.x[i] as number, curve.y[i] as number];
    const isShown = Number.isFinite(y) && x >= scene.x[0] && x <= scene.x[1] && y >= scene.y[0] && y <= scene.y[1];
    if (isShown) return [x, y];
  }
  return null;
}

function cut(text: string, most: number, scene: LinesScene): string {
  let length = text.length;
  while (length > 2 && textWidth(text.slice(0, length), scene.theme, true) > most) length -= 1;
  return length < text.length ? `${text.slice(0, length - 1)}…` : text;
}

/** Names at the right of the line ends, pushed apart where they would collide. */
export function endLabels(scene: LinesScene, mapping: Mapping): Label[] {
  if (!namesAtEnds(scene) || scene.curves.length < 2) return [];
  const { theme } = scene;
  const ends = scene.curves.flatMap((curve) => {
    const end = endOf(curve, scene);
    return end ? [{ curve, dotX: mapping.toX(end[0]), dotY: mapping.toY(end[1]) }] : [];
  });
  const wanted = ends.map(({ dotY }) => dotY);
  // In a low panel they stand closer, so that all of them have a place.
  const room = (mapping.height - 2 * EDGE) / Math.max(1, ends.length - 1);
  const gap = Math.max(LEAST_GAP, Math.min(GAP, room / theme.textScale)) * theme.textScale;
  const places = pushApart(wanted, gap, EDGE, mapping.height - EDGE);
  // In a margin of their own all stand in one column, so that none lies over a line that goes on.
  const beside = Math.max(...ends.map(({ dotX }) => dotX)) + BESIDE;
  const column = Math.min(beside, mapping.width);
  return ends.map(({ curve, dotX, dotY }, i) => {
    const y = places[i] as number;
    const most = scene.isTime ? mapping.width / 2 : marginsOf(scene).r + mapping.width - column - 8;
    const text = cut(curve.name, most, scene);
    const fits = !scene.isTime || dotX + BESIDE + textWidth(text, theme, true) <= mapping.width + 12;
    const x = !scene.isTime ? column : Math.min(fits ? dotX + BESIDE : dotX - BESIDE, mapping.width);
    const isFar = Math.abs(y - dotY) > LEADER_FROM || x - dotX > BESIDE + 1;
    return {
      // Plotly draws nothing beyond the axis: there a blank keeps the name off its dot.
      text: !scene.isTime && column < beside ? `${BLANK}${text}` : text,
      x,
      y,
      anchor: fits ? 'left' : 'right',
      colour: colourOf(curve, scene),
      isStrong: true,
      end: { dotX, dotY, isLed: isFar },
    };
  });
}

const at = (text: string, x: number, y: number, scene: LinesScene, parts: object = {}): object => ({
  text,
  x,
  y,
  xref: 'paper',
  yref: 'paper',
  xanchor: 'left',
  yanchor: 'middle',
  showarrow: false,
  font: { size: 11 * scene.theme.textScale, color: scene.theme.colours['ink-3'] },
  ...parts,
});

/** The marks of points, in the order of their symbols, as the legend writes them. */
const SIGNS: Readonly<Record<string, string>> = {
  square: '■',
  diamond: '◆',
  'triangle-up': '▲',
  cross: '✚',
  x: '✖',
  'triangle-down': '▼',
  star: '★',
};

/** A reference is a dotted line wherever it is. */
const signOf = (curve: Curve, scene: LinesScene): string =>
  curve.role === 'reference' ? '┅' : ((scene.mark === 'points' ? SIGNS[symbolOf(curve, scene)] : undefined) ?? '●');

/** What stands outside of the axes: what x and y are, and the legend. */
export function annotations(scene: LinesScene, mapping: Mapping): object[] {
  const { theme } = scene;
  const margins = marginsOf(scene);
  const scale = theme.textScale;
  const below = (pixels: number): number => -pixels / mapping.height;
  const rows = legendRows(scene);
  const titleAt = margins.b - rows.length * LEGEND_ROW * scale - 6 * scale;
  const words: object[] = [];
  if (hasXTitle(scene)) words.push(at(scene.xTitle, 1, below(titleAt), scene, { xanchor: 'right' }));
  if (scene.saysY && !scene.isSmall) {
    const up = 1 + (14 * scale) / mapping.height;
    words.push(at(scene.yTitle, -(margins.l - 4) / mapping.width, up, scene));
  }
  rows.forEach((row, i) => {
    let left = 0;
    for (const curve of row) {
      const y = below(margins.b - (rows.length - 1 - i) * LEGEND_ROW * scale - LEGEND_ROW * 0.5 * scale);
      words.push(
        at(signOf(curve, scene), left / mapping.width, y, scene, {
          font: { size: 10 * scale, color: colourOf(curve, scene) },
        }),
        at(curve.name, (left + 13 * scale) / mapping.width, y, scene, {
          font: { size: 11 * scale, color: theme.colours.ink },
        }),
      );
      left += textWidth(curve.name, theme) + 34 * scale;
    }
  });
  return words;
}
