/** Which panels there are: some of curves, and one for each probe, drawn by the shape of its data. */
import type { CheckResult, DataShape, Kind, Lack } from '../generated/schemas';
import type { Choice, MakeDrawing } from './drawing';
import { ExamplesDrawing } from './examples/ExamplesDrawing';
import { HeatmapDrawing } from './heatmap/HeatmapDrawing';
import { HistogramDrawing, ROWS, VIEW } from './histogram/HistogramDrawing';
import { LANDSCAPE_SCALE, LANDSCAPE_VIEW, LandscapeDrawing } from './landscape/LandscapeDrawing';
import { AXES, LAYER_ROWS, LayersDrawing, NUMBERS_OF } from './layers/LayersDrawing';
import { PROBES_OF_LAYERS } from './layers/rows';
import { LINES_SCALE, LINES_VIEW, LinesDrawing } from './lines/LinesDrawing';
import { CHANNELS_VIEW, ChannelsDrawing, STATISTICS } from './pictures/ChannelsDrawing';
import { ENDS } from './pictures/gridView';
import { ImageGridDrawing } from './pictures/ImageGridDrawing';
import { CELLS, MatrixDrawing } from './pictures/MatrixDrawing';
import { DISCRETISE, SurfaceDrawing, TRAIN, VALIDATION } from './pictures/SurfaceDrawing';
import { checkOf, type PanelProps } from './props';
import { ScatterDrawing } from './scatter/ScatterDrawing';
import { SCALE, SMOOTHING, STEP_UNIT } from './series/choices';
import {
  ABSOLUTE_ERROR,
  ACCURACY,
  LEARNING_RATE,
  LOSS,
  PERPLEXITY,
  SEQUENCE_ACCURACY,
  type SeriesPlan,
} from './series/plot';
import { SeriesDrawing } from './series/SeriesDrawing';
import { PACE, StepDrawing } from './step/StepDrawing';
import { TextDrawing } from './text/TextDrawing';

/** What panels are about, in the order in which a list has them. */
export const PANEL_GROUPS = [
  'Curves',
  'Layers',
  'Results',
  'Convolution',
  'Normalisation',
  'Dropout',
  'Sequences',
  'Optimisation',
] as const;
export type PanelGroup = (typeof PANEL_GROUPS)[number];

const groupOf = (name: string): PanelGroup => PANEL_GROUPS.find((group) => group === name) ?? 'Layers';

export interface PanelKind {
  readonly id: string;
  readonly title: string;
  /** One line on what it shows. */
  readonly help: string;
  readonly group: PanelGroup;
  /** The one whose frame is drawn; empty for curves. */
  readonly probe: string;
  /** All that must be measured while the panel can be seen. */
  readonly probes: readonly string[];
  readonly shape: 'series' | 'layers' | DataShape;
  readonly make: MakeDrawing;
  readonly choices: readonly Choice[];
  /** Of what is computed when somebody asks: its kind, with help and fields. */
  readonly analysis?: Kind;
}

interface ShapeKind {
  readonly make: MakeDrawing;
  readonly choices: readonly Choice[];
}

/** A probe's panel follows from the shape of its data, never from its name. */
const SHAPES: Readonly<Partial<Record<DataShape, ShapeKind>>> = {
  histogram: { make: (host, redraw) => new HistogramDrawing(host, redraw), choices: [VIEW, ROWS] },
  image_grid: { make: (host, redraw) => new ImageGridDrawing(host, redraw), choices: [ENDS] },
  channels: { make: (host, redraw) => new ChannelsDrawing(host, redraw), choices: [CHANNELS_VIEW, STATISTICS] },
  matrix: { make: (host) => new MatrixDrawing(host), choices: [CELLS] },
  surface: { make: (host) => new SurfaceDrawing(host), choices: [DISCRETISE, TRAIN, VALIDATION] },
  lines: { make: (host, redraw) => new LinesDrawing(host, redraw), choices: [LINES_VIEW, LINES_SCALE] },
  heatmap: { make: (host) => new HeatmapDrawing(host), choices: [] },
  text: { make: (host) => new TextDrawing(host), choices: [] },
  scatter: { make: (host, redraw) => new ScatterDrawing(host, redraw), choices: [] },
  examples: { make: (host) => new ExamplesDrawing(host), choices: [] },
  step: { make: (host, redraw) => new StepDrawing(host, redraw), choices: [PACE] },
  landscape: { make: (host, redraw) => new LandscapeDrawing(host, redraw), choices: [LANDSCAPE_VIEW, LANDSCAPE_SCALE] },
};

function seriesKind(id: string, plan: SeriesPlan): PanelKind {
  const isNoisy = plan.curves.some((curve) => curve.role === 'train');
  return {
    id,
    title: plan.title,
    help: plan.help,
    group: 'Curves',
    probe: '',
    probes: [],
    shape: 'series',
    make: (host, redraw) => new SeriesDrawing(plan, host, redraw),
    choices: isNoisy ? [SMOOTHING, SCALE, STEP_UNIT] : [SCALE, STEP_UNIT],
  };
}

/** Several probes in one panel: a row for each layer. It is there where any of them is. */
function layersKind(known: readonly string[]): PanelKind[] {
  const probes = PROBES_OF_LAYERS.filter((probe) => known.includes(probe));
  const [probe] = probes;
  if (!probe) return [];
  const make: MakeDrawing = (host, redraw) => new LayersDrawing(host, redraw);
  const choices = [NUMBERS_OF, AXES, LAYER_ROWS];
  const help = 'Every layer in a row: its values, their gradient, its weights, their gradient, with their numbers.';
  return [{ id: 'layers', title: 'Layers', help, group: 'Layers', probe, probes, shape: 'layers', make, choices }];
}

/** What is known of a probe without drawing it. */
export interface ProbeInfo {
  readonly probe: string;
  readonly title: string;
  readonly shape: DataShape;
  readonly help?: string;
  readonly group?: string;
  readonly analysis?: Kind;
  /** Other probes that its panel draws too. */
  readonly beside?: readonly string[];
}

/** The probes of the first catalogue; a page that has read the catalogue gives its own list. */
export const PROBES: readonly ProbeInfo[] = [
  { probe: 'activations', title: 'Activations', shape: 'histogram' },
  { probe: 'weights', title: 'Weights', shape: 'histogram' },
  { probe: 'weight_gradients', title: 'Weight gradients', shape: 'histogram' },
  { probe: 'filters', title: 'Filters', shape: 'image_grid' },
  { probe: 'feature_maps', title: 'Feature maps', shape: 'image_grid' },
  { probe: 'norm_statistics', title: 'Norm statistics', shape: 'channels' },
  { probe: 'confusion', title: 'Confusion', shape: 'matrix' },
  { probe: 'decision_surface', title: 'Decision surface', shape: 'surface' },
];

/** The probes and analyses that a catalogue lists. */
export function probesOf(kinds: readonly Kind[]): ProbeInfo[] {
  return kinds.flatMap((kind) => {
    const shape = kind.details.data_shape;
    const isOurs = kind.family === 'probe' || kind.family === 'analysis';
    if (!isOurs || typeof shape !== 'string' || !(shape in SHAPES) || kind.details.has_panel === false) return [];
    const { kind: probe, title, help, group } = kind;
    const beside = (kind.details.beside ?? []) as readonly string[];
    const info = { probe, title, shape: shape as DataShape, help, group, ...(beside.length > 0 && { beside }) };
    return kind.family === 'analysis' ? [{ ...info, analysis: kind }] : [info];
  });
}

const CURVES_OF_SEQUENCES = [seriesKind('sequence_accuracy', SEQUENCE_ACCURACY), seriesKind('perplexity', PERPLEXITY)];

export function panelKinds(task: PanelProps['task'], probes: readonly ProbeInfo[] = PROBES): readonly PanelKind[] {
  const second = task === 'regression' ? seriesKind('error', ABSOLUTE_ERROR) : seriesKind('accuracy', ACCURACY);
  return [
    seriesKind('loss', LOSS),
    second,
    seriesKind('learning_rate', LEARNING_RATE),
    ...(task === 'regression' ? [] : CURVES_OF_SEQUENCES),
    ...probes.flatMap(({ probe, title, shape, help = '', group = '', beside = [], analysis }) => {
      const drawn = SHAPES[shape];
      const kind = { id: probe, title, help, group: groupOf(group), probe, probes: [probe, ...beside], shape };
      return drawn ? [{ ...kind, ...drawn, ...(analysis ? { analysis } : {}) }] : [];
    }),
    ...layersKind(probes.map(({ probe }) => probe)),
  ];
}

/** Panels of curves come from no probe: what they need the page knows itself. */
function whyNoCurve(id: string, { data }: CheckResult): Lack | null {
  const answersSteps = data?.input_kind === 'sequence' && data.class_names.length > 0 && data.output_shape.length > 1;
  if (id === 'sequence_accuracy' && !answersSteps)
    return { text: 'There is one answer for each sample, not one at each step.', offer: null };
  if (id === 'perplexity' && !(answersSteps && data.input_is_index))
    return { text: 'Perplexity is for networks that answer with a token at each step.', offer: null };
  return null;
}

/** Why a panel finds nothing in this network with its data; null where it does, or where that is not known. */
export function whyNot(id: string, props: Pick<PanelProps, 'check' | 'record'>): Lack | null {
  const check = checkOf(props);
  if (!check || check.nodes.length === 0) return null;
  return check.lacking[id] ?? whyNoCurve(id, check);
}
