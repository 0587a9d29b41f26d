import { describe, expect, it } from 'vitest';
import type { DataShape, Kind } from '../generated/schemas';
import { PROBES, panelKinds, probesOf, whyNot } from './catalogue';
import { Cursor } from './cursor';
import { ExamplesDrawing } from './examples/ExamplesDrawing';
import { check, type Kind as SampleKind } from './gallery/samples';
import { HeatmapDrawing } from './heatmap/HeatmapDrawing';
import { HistogramDrawing } from './histogram/HistogramDrawing';
import { LandscapeDrawing } from './landscape/LandscapeDrawing';
import { LinesDrawing } from './lines/LinesDrawing';
import { ChannelsDrawing, labelOf } from './pictures/ChannelsDrawing';
import { ImageGridDrawing } from './pictures/ImageGridDrawing';
import { MatrixDrawing } from './pictures/MatrixDrawing';
import { SurfaceDrawing } from './pictures/SurfaceDrawing';
import type { PanelProps } from './props';
import { ScatterDrawing } from './scatter/ScatterDrawing';
import { StepDrawing } from './step/StepDrawing';
import { TextDrawing } from './text/TextDrawing';

const props = (kind: SampleKind): PanelProps => ({
  record: null,
  ghost: null,
  plannedSteps: 0,
  stepsPerEpoch: 1,
  lossTitle: '',
  task: kind === 'regression' ? 'regression' : 'classification',
  cursor: new Cursor(),
  onAction: () => undefined,
  check: check(kind),
});

const DRAWINGS: Partial<Record<DataShape, unknown>> = {
  histogram: HistogramDrawing,
  image_grid: ImageGridDrawing,
  channels: ChannelsDrawing,
  matrix: MatrixDrawing,
  surface: SurfaceDrawing,
  lines: LinesDrawing,
  heatmap: HeatmapDrawing,
  text: TextDrawing,
  scatter: ScatterDrawing,
  examples: ExamplesDrawing,
  step: StepDrawing,
  landscape: LandscapeDrawing,
};

describe('which panel draws what', () => {
  it.each(Object.keys(DRAWINGS) as DataShape[])('draws %s by its shape, whatever the probe is called', (shape) => {
    const kinds = panelKinds('classification', [{ probe: 'brand_new', title: 'Brand new', shape }]);
    const panel = kinds.find((kind) => kind.id === 'brand_new');
    const drawing = panel?.make(document.createElement('div'), () => undefined);
    expect(drawing).toBeInstanceOf(DRAWINGS[shape]);
    expect(panel?.title).toBe('Brand new');
  });

  it('shows accuracy for classes and the absolute error for numbers', () => {
    expect(panelKinds('classification').map((kind) => kind.id)).toContain('accuracy');
    expect(panelKinds('regression').map((kind) => kind.id)).toContain('error');
  });

  it('reads the probes of a catalogue and leaves out shapes that it cannot draw', () => {
    const kind = (family: string, name: string, shape: string): Kind =>
      ({ family, kind: name, title: name, details: { data_shape: shape } }) as unknown as Kind;
    const kinds = [kind('probe', 'a', 'matrix'), kind('probe', 'b', 'hologram'), kind('layer', 'c', 'matrix')];
    const hidden = { ...kind('probe', 'd', 'matrix'), details: { data_shape: 'matrix', has_panel: false } };
    expect(probesOf([hidden])).toEqual([]);
    expect(probesOf(kinds)).toEqual([{ probe: 'a', title: 'a', shape: 'matrix' }]);
    expect(new Set(PROBES.map((probe) => probe.probe)).size).toBe(PROBES.length);
  });
});

describe('why a panel has nothing to show', () => {
  const image = check('image');
  it('is what the check says of its probe, whatever that is called', () => {
    const lack = { text: 'No layer of this network sings.', offer: null };
    const silent = { ...props('image'), check: { ...image, lacking: { singing: lack } } };
    expect(whyNot('singing', silent)).toEqual(lack);
    expect(whyNot('activations', silent)).toBeNull();
    expect(whyNot('singing', props('image'))).toBeNull();
    expect(whyNot('norm_statistics', props('plane'))?.offer).toBe('add_norm');
    expect(whyNot('singing', { ...silent, check: { ...image, nodes: [], lacking: { singing: lack } } })).toBeNull();
  });

  it('is known to the page for curves, which no probe measures', () => {
    const data = { ...image.data, input_kind: 'sequence', input_is_index: false, output_shape: [40, 3] };
    const steps = { ...props('image'), check: { ...image, data } as typeof image };
    expect(whyNot('sequence_accuracy', steps)).toBeNull();
    expect(whyNot('perplexity', steps)?.text).toContain('a token at each step');
    expect(whyNot('sequence_accuracy', props('image'))?.text).toContain('one answer for each sample');
  });
});

describe('the name of a norm', () => {
  it('is that of the layer that it follows, unless it was named', () => {
    const result = check('image');
    expect(labelOf('batch_norm_1', result)).toBe('conv1');
    const named = result.nodes.map((node) => (node.id === 'batch_norm_1' ? { ...node, id: 'mine' } : node));
    expect(labelOf('mine', { ...result, nodes: named })).toBe('mine');
    expect(labelOf('batch_norm_1', null)).toBe('batch_norm_1');
  });
});
