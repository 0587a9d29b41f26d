/** The Plotly figure of a series panel, made from values only. */
import type { Figure } from '../../draw/chart';
import { cssOf, mix, rgbOf, type Theme } from '../../draw/colours';
import { formatTick } from '../../draw/format';
import { template } from '../../draw/template';
import { thin } from '../../draw/thinning';
import { niceTicks } from '../../draw/ticks';
import { ghostLabel, type Label, noteLabels, placeLabels } from './labels';
import { colourOf, type Line, type Mapping, mappingOf, marginsOf, type SeriesScene, yTicks } from './scene';

const RAW_OPACITY = 0.26;
const LATER_OPACITY = 0.32;
const MOST_MARKERS = 40;

/** A stretch of a curve as trace data, thinned to the pixels there are. */
function points(scene: SeriesScene, line: Line, values: Float64Array, from: number, to: number) {
  // Two points for each two pixels: the noise keeps its height, and a chart redraws in half the time.
  const buckets = Math.max(50, Math.round(scene.width / 2));
  const kept = thin(line.steps, values, from, to, buckets);
  const inside = kept.x.map((step) => step >= from && step <= to);
  const y = kept.y.map((value) => (Number.isFinite(value) ? value * scene.factor : null));
  // Neighbours outside of the stretch carry the line to its edge, but not past a split at the viewed step.
  const isSplit = scene.viewStep !== null;
  return isSplit ? { x: kept.x.filter((_, i) => inside[i]), y: y.filter((_, i) => inside[i]) } : { x: kept.x, y };
}

const BASE = { type: 'scatter', mode: 'lines', hoverinfo: 'skip', connectgaps: false } as const;

function lineTraces(scene: SeriesScene, line: Line): object[] {
  const { theme, x, viewStep } = scene;
  const color = colourOf(line.role, theme);
  const until = viewStep ?? x[1];
  const width = theme.textScale > 1 ? 3 : 1.75;
  const traces: object[] = [];
  if (line.raw && theme.textScale === 1) {
    const data = points(scene, line, line.raw, x[0], until);
    traces.push({ ...BASE, ...data, name: `${line.name} raw`, opacity: RAW_OPACITY, line: { color, width: 1 } });
  }
  const data = points(scene, line, line.values, x[0], until);
  const hasMarkers = line.role === 'validation';
  const marker = {
    size: Math.min(5.5, scene.isSmall ? 4 : 5.5),
    color: theme.colours['bg-surface'],
    line: { color, width: 1.5 },
    maxdisplayed: MOST_MARKERS,
  };
  // A learning rate holds until it changes.
  const shape = line.role === 'plain' ? 'hv' : 'linear';
  const main = { ...BASE, ...data, name: line.name, line: { color, width, shape } };
  traces.push(hasMarkers ? { ...main, mode: 'lines+markers', marker } : main);
  if (viewStep !== null) {
    const later = points(scene, line, line.values, viewStep, x[1]);
    traces.push({ ...BASE, ...later, name: `${line.name} later`, opacity: LATER_OPACITY, line: { color, width } });
  }
  return traces;
}

function ghostTraces(scene: SeriesScene): object[] {
  const color = cssOf(mix(rgbOf(scene.theme.colours['bg-surface']), rgbOf(scene.theme.colours['ink-3']), 0.55));
  return scene.ghosts.map((line) => ({
    ...BASE,
    ...points({ ...scene, viewStep: null }, line, line.values, scene.x[0], scene.x[1]),
    name: `${scene.ghostName} ${line.name}`,
    line: { color, width: 1, dash: line.role === 'validation' ? 'dot' : 'solid' },
  }));
}

/** Vertical and horizontal lines that carry a meaning, dotted. */
function noteTraces(scene: SeriesScene): object[] {
  const { notes, theme, x, y } = scene;
  const upright = (steps: readonly number[], color: string, name: string): object => ({
    ...BASE,
    name,
    x: steps.flatMap((step) => [step, step, null]),
    y: steps.flatMap(() => [y[0], y[1], null]),
    line: { color, width: 1, dash: 'dot' },
  });
  const traces: object[] = [];
  const marks = notes.marks.map((mark) => mark.step);
  if (marks.length > 0) traces.push(upright(marks, theme.colours['line-strong'], 'marks'));
  if (notes.diverged) traces.push(upright([notes.diverged.step], theme.colours.error, 'diverged'));
  if (notes.reference) {
    const { value } = notes.reference;
    traces.push({ ...BASE, name: 'reference', x: [x[0], x[1]], y: [value, value], line: dotted(theme) });
  }
  return traces;
}

const dotted = (theme: Theme): object => ({ color: theme.colours['ink-3'], width: 1, dash: 'dot' });

const SIDES = { left: 'right', right: 'left', center: 'center' } as const;

export function textTrace(labels: readonly Label[], mapping: Mapping, theme: Theme): object {
  return {
    type: 'scatter',
    mode: 'text',
    name: 'labels',
    hoverinfo: 'skip',
    cliponaxis: false,
    x: labels.map((label) => mapping.fromX(label.x)),
    // Plotly hides a text whose place is outside of the axes: one above the plot stands on its upper edge.
    y: labels.map((label) => mapping.fromY(Math.max(0, label.y))),
    text: labels.map((label) => label.text),
    textposition: labels.map(({ anchor, y }) => `${y < 0 ? 'top' : 'middle'} ${SIDES[anchor]}`),
    textfont: {
      size: 11 * theme.textScale,
      color: labels.map((label) => label.colour),
      weight: labels.map((label) => (label.isStrong ? 600 : 400)),
    },
  };
}

/** Dots at the ends of the lines, and thin leaders to labels that were pushed away. */
export function endTraces(labels: readonly Label[], mapping: Mapping): object[] {
  const ends = labels.flatMap((label) =>
    label.end ? [{ ...label.end, colour: label.colour, y: label.y, x: label.x }] : [],
  );
  const far = ends.filter((end) => end.isLed);
  const dots = {
    ...BASE,
    mode: 'markers',
    name: 'ends',
    cliponaxis: false,
    x: ends.map((end) => mapping.fromX(end.dotX)),
    y: ends.map((end) => mapping.fromY(end.dotY)),
    marker: { size: 6, color: ends.map((end) => end.colour) },
  };
  if (far.length === 0) return [dots];
  const leaders = far.map((end) => ({
    ...BASE,
    name: 'leaders',
    cliponaxis: false,
    x: [mapping.fromX(end.dotX + 3), mapping.fromX(end.x + 1)],
    y: [mapping.fromY(end.dotY), mapping.fromY(end.y)],
    line: { color: end.colour, width: 0.75 },
  }));
  return [...leaders, dots];
}

function xAxis(scene: SeriesScene): object {
  const { stepsPerUnit, x } = scene;
  const ticks = niceTicks(x[0] / stepsPerUnit, x[1] / stepsPerUnit, scene.width < 240 ? 4 : 6);
  return {
    range: [...x],
    tickmode: 'array',
    ticklabeloverflow: 'allow',
    tickvals: ticks.values.map((value) => value * stepsPerUnit),
    ticktext: ticks.values.map((value) => formatTick(value, ticks.step)),
  };
}

function yAxis(scene: SeriesScene): object {
  const { isLog, y } = scene;
  const { values, texts } = yTicks(scene);
  return {
    type: isLog ? 'log' : 'linear',
    range: isLog ? y.map(Math.log10) : [...y],
    tickmode: 'array',
    ticklabeloverflow: 'allow',
    tickvals: [...values],
    ticktext: [...texts],
  };
}

export function seriesFigure(scene: SeriesScene): Figure {
  const { theme } = scene;
  const mapping = mappingOf(scene);
  const names = placeLabels(scene, mapping);
  const labels = [...names, ...ghostLabel(scene, mapping, names), ...noteLabels(scene, mapping, names)];
  return {
    data: [
      ...noteTraces(scene),
      ...ghostTraces(scene),
      ...scene.lines.flatMap((line) => lineTraces(scene, line)),
      ...endTraces(labels, mapping),
      textTrace(labels, mapping, theme),
    ],
    layout: { template: template(theme), xaxis: xAxis(scene), yaxis: yAxis(scene), uirevision: scene.revision },
    margins: marginsOf(scene),
    width: scene.width,
    height: scene.height,
  };
}
