/** The Plotly figure of a panel of lines, made from values only. */
import { axisTicks } from '../../draw/axisTicks';
import type { Figure } from '../../draw/chart';
import { rgbOf } from '../../draw/colours';
import { template } from '../../draw/template';
import { endTraces, textTrace } from '../series/figure';
import type { Mapping } from '../series/scene';
import { annotations, endLabels } from './names';
import { placeNames } from './placeNames';
import type { Curve } from './plan';
import { colourOf, dashOf, type LinesScene, mappingOf, marginsOf, symbolOf } from './scene';

const BAND_OPACITY = 0.16;

const BASE = { type: 'scatter', mode: 'lines', hoverinfo: 'skip', connectgaps: false } as const;

/** A value as Plotly takes it: what the axis cannot show leaves a gap. */
const shown = (values: ArrayLike<number>, isLog: boolean): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) && (!isLog || value > 0) ? value : null));

/** Stretches in which both edges of the band can be shown. */
function bandRuns(low: readonly (number | null)[], high: readonly (number | null)[]): number[][] {
  const runs: number[][] = [[]];
  low.forEach((value, i) => {
    if (value === null || high[i] === null || high[i] === undefined) runs.push([]);
    else runs.at(-1)?.push(i);
  });
  return runs.filter((run) => run.length > 0);
}

/** Bands of more curves would hide one another: then only that of the curve that is pointed at is drawn. */
const MOST_BANDS = 3;

const hasBand = (scene: LinesScene, curve: Curve): boolean => {
  const banded = scene.curves.filter((one) => one.low && one.high);
  const near = banded.find((one) => one.name === scene.near) ?? banded[0];
  return banded.length <= MOST_BANDS ? banded.includes(curve) : curve === near;
};

function bandTraces(scene: LinesScene, curve: Curve): object[] {
  if (!curve.low || !curve.high || scene.mark === 'points' || !hasBand(scene, curve)) return [];
  const [low, high] = [shown(curve.low, false), shown(curve.high, scene.isLogY)];
  const [red, green, blue] = rgbOf(colourOf(curve, scene));
  // On a logarithmic axis a band that reaches 0 goes down to the foot.
  const down = low.map((value) => (value !== null && scene.isLogY ? Math.max(value, scene.y[0] / 10) : value));
  return bandRuns(down, high).map((run) => ({
    ...BASE,
    name: `${curve.name} band`,
    x: [...run, ...run.toReversed()].map((i) => curve.x[i]),
    y: [...run.map((i) => high[i]), ...run.toReversed().map((i) => down[i])],
    fill: 'toself',
    fillcolor: `rgba(${red},${green},${blue},${BAND_OPACITY})`,
    line: { width: 0 },
  }));
}

/** Share of a place that a reference over its bars takes. */
const OVER_BARS = 0.72;

/** Beside bars a reference is a stroke across those of its place: between two places there is nothing. */
function strokeTrace(scene: LinesScene, curve: Curve, mapping: Mapping): object {
  const half = (OVER_BARS * mapping.width) / Math.max(1, curve.x.length) / 2;
  const [x, y] = [shown(curve.x, scene.isLogX), shown(curve.y, scene.isLogY)];
  const ends = x.flatMap((value) => {
    const at = value === null ? null : mapping.toX(value);
    return at === null ? [null, null, null] : [mapping.fromX(at - half), mapping.fromX(at + half), null];
  });
  const line = { color: scene.theme.colours.ink, width: 1.25, dash: '2px,2px' };
  return { ...BASE, name: curve.name, x: ends, y: y.flatMap((value) => [value, value, null]), line };
}

function curveTrace(scene: LinesScene, curve: Curve, mapping: Mapping): object {
  const { theme, isLogX, isLogY } = scene;
  const color = colourOf(curve, scene);
  const data = { name: curve.name, x: shown(curve.x, isLogX), y: shown(curve.y, isLogY) };
  const isReference = curve.role === 'reference';
  if (scene.mark === 'bars' && isReference) return strokeTrace(scene, curve, mapping);
  if (scene.mark === 'bars')
    return { ...data, type: 'bar', hoverinfo: 'skip', marker: { color, line: { width: 0 } }, cliponaxis: true };
  const isNear = curve.name === scene.near;
  const width = (theme.textScale > 1 ? 3 : 1.75) * (isNear ? 1.5 : 1);
  const line = { color, width: isReference ? 1 : width, dash: dashOf(curve, scene) };
  const isBlank = scene.mark === 'points' && !isReference;
  const hasDots = isBlank || (!isReference && (scene.xNames !== null || curve.x.length === 1));
  const marker = isBlank
    ? { size: 6, color, symbol: symbolOf(curve, scene) }
    : { size: scene.isSmall ? 4 : 5.5, color: theme.colours['bg-surface'], line: { color, width: 1.5 } };
  if (!hasDots) return { ...BASE, ...data, line };
  if (!isBlank) return { ...BASE, ...data, mode: 'lines+markers', line, marker };
  return {
    ...BASE,
    ...data,
    x: besideOthers(scene, curve),
    mode: 'markers',
    marker,
    cliponaxis: false,
    error_y: spread(scene, curve),
  };
}

/** Points at named places stand side by side, so that none covers another one. */
function besideOthers(scene: LinesScene, curve: Curve): (number | null)[] {
  const x = shown(curve.x, scene.isLogX);
  if (!scene.xNames) return x;
  const offset = 0.14 * (scene.curves.indexOf(curve) - (scene.curves.length - 1) / 2);
  return x.map((value) => (value === null ? null : value + offset));
}

/** The band of a point is an upright line through it. */
function spread(scene: LinesScene, { y, low, high }: Curve): object {
  if (!low || !high) return { visible: false };
  const down = Array.from(low, (value) => (scene.isLogY ? Math.max(value, scene.y[0] / 10) : value));
  const distance = (from: ArrayLike<number>, to: ArrayLike<number>): number[] =>
    Array.from(from, (value, i) => Math.max(0, value - (to[i] as number)));
  return {
    type: 'data',
    symmetric: false,
    array: distance(high, y),
    arrayminus: distance(y, down),
    thickness: 1,
    width: 0,
  };
}

function xAxis(scene: LinesScene, mapping: Mapping): object {
  const { x, isLogX, xNames } = scene;
  const common = {
    type: isLogX ? 'log' : 'linear',
    range: isLogX ? x.map(Math.log10) : [...x],
    tickmode: 'array',
    ticklabeloverflow: 'allow',
  };
  const places = scene.curves[0]?.x ?? [];
  if (xNames) {
    const { isTilted, shown } = placeNames(scene, mapping.width);
    return {
      ...common,
      tickangle: isTilted ? -45 : 0,
      tickvals: shown.map(({ index }) => places[index] ?? index),
      ticktext: shown.map(({ rows }) => rows.join('<br>')),
    };
  }
  const { values, texts } = axisTicks(x, scene.width < 240 ? 4 : 6, isLogX);
  return { ...common, tickangle: 0, tickvals: [...values], ticktext: [...texts] };
}

/** Pixels that a tick of y takes at least. */
const TICK = 22;

function yAxis(scene: LinesScene, mapping: Mapping): object {
  const { isLogY, y } = scene;
  const most = Math.max(2, Math.min(5, 1 + Math.floor(mapping.height / (TICK * scene.theme.textScale))));
  const { values, texts } = axisTicks(y, most, isLogY);
  return {
    type: isLogY ? 'log' : 'linear',
    range: isLogY ? y.map(Math.log10) : [...y],
    tickmode: 'array',
    ticklabeloverflow: 'allow',
    tickvals: [...values],
    ticktext: [...texts],
  };
}

export function linesFigure(scene: LinesScene): Figure {
  const mapping = mappingOf(scene);
  const labels = endLabels(scene, mapping);
  const words = labels.map((label) => ({ ...label, colour: scene.theme.colours.ink }));
  return {
    data: [
      ...scene.curves.flatMap((curve) => bandTraces(scene, curve)),
      ...scene.curves.map((curve) => curveTrace(scene, curve, mapping)),
      ...(labels.length > 0 ? [...endTraces(labels, mapping), textTrace(words, mapping, scene.theme)] : []),
    ],
    layout: {
      template: template(scene.theme),
      xaxis: xAxis(scene, mapping),
      yaxis: yAxis(scene, mapping),
      annotations: annotations(scene, mapping),
      barmode: 'group',
      bargap: 0.25,
      uirevision: scene.revision,
    },
    margins: marginsOf(scene),
    width: scene.width,
    height: scene.height,
  };
}
