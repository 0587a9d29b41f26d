/** The Plotly figure of points in a plane, made from values only. */
import type { Figure, Margins } from '../../draw/chart';
import type { Theme } from '../../draw/colours';
import { formatTick } from '../../draw/format';
import { template } from '../../draw/template';
import { niceTicks, type Range } from '../../draw/ticks';
import type { ScatterItem } from '../../words/frames';
import { spoken } from '../heatmap/maps';
import type { Plane } from './plane';

/** One for each class, so that colour is never the only sign. */
const SYMBOLS = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'triangle-down', 'pentagon', 'star'] as const;
/** With more points than this their names would cover one another: they are read by hovering. */
export const MOST_NAMED = 30;
/** A key with more classes than this would take the room of the points. */
const MOST_IN_KEY = 10;
const OPACITY = 0.75;

export interface ScatterScene {
  readonly item: ScatterItem;
  readonly plane: Plane;
  readonly width: number;
  readonly height: number;
  readonly isSmall: boolean;
  /** Place in the item of the point that stands out; −1 for none. */
  readonly marked: number;
  readonly revision: string;
  readonly theme: Theme;
}

/** Colour and marker of a class: all of the first 64 differ in one of the two. */
export function lookOf(place: number, theme: Theme): { colour: string; symbol: string } {
  const num = SYMBOLS.length;
  const symbol = SYMBOLS[(place + Math.floor(place / num)) % num] as string;
  return { colour: theme.series[place % num] ?? theme.colours.ink, symbol };
}

export const hasKey = ({ item, isSmall }: Pick<ScatterScene, 'item' | 'isSmall'>): boolean =>
  !isSmall && item.classes !== null && item.class_names.length > 1 && item.class_names.length <= MOST_IN_KEY;

export function marginsOf(scene: Pick<ScatterScene, 'item' | 'isSmall' | 'theme'>): Margins {
  const { textScale } = scene.theme;
  if (scene.isSmall) return { l: 34 * textScale, r: 8, t: 6, b: 18 * textScale };
  const key = hasKey(scene) ? 16 : 0;
  return { l: 40 * textScale, r: 12, t: 24 * textScale, b: (34 + key) * textScale };
}

/** Places of the points of each class; one group of all where there are no classes. */
export function groupsOf(item: ScatterItem): { name: string; place: number; points: number[] }[] {
  const all = Array.from({ length: item.x.data.length }, (_, i) => i);
  const classes = item.classes?.data;
  if (!classes) return [{ name: 'points', place: 0, points: all }];
  const last = Math.max(item.class_names.length - 1, ...classes);
  return Array.from({ length: last + 1 }, (_, place) => ({
    name: item.class_names[place] ?? `class ${place}`,
    place,
    points: all.filter((i) => classes[i] === place),
  })).filter(({ points }) => points.length > 0);
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function pointTraces(scene: ScatterScene): object[] {
  const { item, theme } = scene;
  const hasNames = item.names !== null && item.x.data.length <= MOST_NAMED && !scene.isSmall;
  const size = (item.x.data.length > 300 ? 5 : 7) * theme.textScale;
  return groupsOf(item).map(({ name, place, points }) => {
    const look = item.classes ? lookOf(place, theme) : { colour: theme.colours.validation, symbol: 'circle' };
    return {
      type: 'scatter',
      mode: hasNames ? 'markers+text' : 'markers',
      name,
      hoverinfo: 'skip',
      x: points.map((i) => finite(item.x.data[i])),
      y: points.map((i) => finite(item.y.data[i])),
      marker: { color: look.colour, symbol: look.symbol, size, opacity: OPACITY, line: { width: 0 } },
      showlegend: hasKey(scene),
      ...(hasNames
        ? {
            text: points.map((i) => spoken(item.names?.[i] ?? '')),
            textposition: 'top center',
            textfont: { size: 11 * theme.textScale, color: theme.colours['ink-2'] },
          }
        : {}),
    };
  });
}

/** y = x, across the whole plane. */
function diagonalTrace({ plane: { x, y }, theme }: ScatterScene): object {
  const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
  const line = { color: theme.colours['ink-3'], width: 1, dash: 'dot' };
  const ends = [low, high];
  return {
    type: 'scatter',
    mode: 'lines',
    name: 'y = x',
    hoverinfo: 'skip',
    showlegend: false,
    x: ends,
    y: ends,
    line,
  };
}

/** A ring around the sample that the rest of the page shows. */
function markTrace({ item, marked, theme }: ScatterScene): object {
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'shown sample',
    hoverinfo: 'skip',
    showlegend: false,
    x: [finite(item.x.data[marked])],
    y: [finite(item.y.data[marked])],
    marker: { symbol: 'circle-open', size: 14 * theme.textScale, color: theme.colours.accent, line: { width: 2 } },
  };
}

function axis([low, high]: Range, most: number): object {
  const ticks = niceTicks(low, high, most);
  return {
    range: [low, high],
    tickmode: 'array',
    tickvals: [...ticks.values],
    ticktext: ticks.values.map((value) => formatTick(value, ticks.step)),
  };
}

/** Titles in the margins: that of y above its axis, that of x below the end of its own, the note across from it. */
function words(scene: ScatterScene): object[] {
  const { item, theme } = scene;
  const base = { showarrow: false, xref: 'paper', yref: 'paper', font: { size: 11 * theme.textScale } };
  const below = -20 * theme.textScale;
  const titles = [
    { ...base, text: item.x_title, x: 1, xanchor: 'right', y: 0, yanchor: 'top', yshift: below + 4 },
    {
      ...base,
      text: item.y_title,
      x: 0,
      xanchor: 'left',
      xshift: -38 * theme.textScale,
      y: 1,
      yanchor: 'bottom',
      yshift: 6,
    },
  ];
  const strong = { size: 11 * theme.textScale, color: theme.colours.ink, weight: 600 };
  const note = { ...base, text: item.note ?? '', font: strong, x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' };
  return [...(scene.isSmall ? [] : titles), ...(item.note ? [note] : [])];
}

export function scatterFigure(scene: ScatterScene): Figure {
  const { item, plane, theme, width, height } = scene;
  const legend = {
    orientation: 'h',
    x: 0,
    y: 0,
    yref: 'container',
    yanchor: 'bottom',
    itemclick: false,
    itemdoubleclick: false,
    font: { size: 11 * theme.textScale, color: theme.colours['ink-2'] },
  };
  return {
    data: [
      ...(item.diagonal ? [diagonalTrace(scene)] : []),
      ...pointTraces(scene),
      ...(scene.marked >= 0 ? [markTrace(scene)] : []),
    ],
    layout: {
      template: template(theme),
      xaxis: axis(plane.x, width < 240 ? 4 : 6),
      yaxis: axis(plane.y, height < 120 ? 3 : 5),
      annotations: words(scene),
      showlegend: hasKey(scene),
      legend,
      uirevision: scene.revision,
    },
    margins: marginsOf(scene),
    width,
    height,
  };
}
