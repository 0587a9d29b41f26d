/** Generated data in the shapes of the wire, to look at panels and to test them. Nothing here reaches the product. */
import type { CheckResult, PreviewSample, Series } from '../../generated/schemas';
import type { DecodedFrame, NdArray } from '../../words/frames';
import type { PlanePoints } from '../props';

export type Random = (() => number) & { normal: () => number };

/** Mulberry32: the same numbers for the same seed. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
  return Object.assign(uniform, { normal });
}

export const array = (values: ArrayLike<number>, ...shape: number[]): NdArray => ({
  data: Float32Array.from(values),
  shape: shape.length > 0 ? shape : [values.length],
});

export const series = (steps: number[], values: number[]): Series => ({
  steps,
  values: values.map((value) => (Number.isFinite(value) ? value : null)),
  non_finite: {},
  thinned_from: null,
  means: [],
});

const header = { run: 'sample', sample: null, num_samples: 256, params: null } as const;

export type Kind = 'image' | 'plane' | 'classes3' | 'regression';
export const STEPS_PER_EPOCH = 125;
const NUM_CLASSES = 10;

const node = (id: string, kind: string, parameters = 0, before = 'input') => ({
  id,
  kind,
  inputs: [before],
  input_shapes: [],
  output_shape: null,
  ports: {},
  expected_std: null,
  parameters,
  parameter_shapes: {},
  multiply_adds: 0,
  receptive_field: null,
  memory_bytes: 0,
});

export function check(kind: Kind): CheckResult {
  const isImage = kind === 'image';
  const nodes = isImage
    ? [
        node('conv1', 'conv2d', 520),
        node('batch_norm_1', 'batch_norm', 40, 'conv1'),
        node('relu_1', 'relu'),
        node('conv2', 'conv2d', 25050),
        node('batch_norm_2', 'batch_norm', 100, 'conv2'),
        node('relu_2', 'relu'),
        node('fc1', 'linear', 1225500),
        node('relu_3', 'relu'),
        node('logits', 'linear', 5010),
      ]
    : [
        node('linear_1', 'linear', 24),
        node('tanh_1', 'tanh'),
        node('linear_2', 'linear', 72),
        node('output', 'linear', 9),
      ];
  const classes = { image: NUM_CLASSES, plane: 2, classes3: 3, regression: 0 }[kind];
  return {
    ok: true,
    nodes,
    problems: [],
    lacking: isImage
      ? {}
      : {
          norm_statistics: { text: 'This network has no normalisation layer.', offer: 'add_norm' },
          filters: { text: 'This network has no convolution.', offer: null },
        },
    totals: { parameters: 1256220, multiply_adds: 6500000, memory_bytes: 0 },
    data: {
      dataset: 'digits',
      title: 'Digits',
      task: kind === 'regression' ? 'regression' : 'classification',
      input_kind: isImage ? 'image' : 'points',
      input_shape: isImage ? [1, 28, 28] : [2],
      input_is_index: false,
      num_tokens: null,
      padding_token: null,
      has_decoder_input: false,
      output_shape: [Math.max(1, classes)],
      class_names: Array.from({ length: classes }, (_, i) => String(i)),
      vocabulary: [],
      feature_names: [],
      num_train: 8000,
      num_validation: 2000,
      value_range: isImage ? [0, 16] : null,
      memory: null,
      is_held_out: false,
    },
  };
}

function histogramOf(values: Float64Array, nodeName: string, parameter: string | null) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bins = 64;
  const counts = new Float32Array(bins);
  let sum = 0;
  let zeros = 0;
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low || 1)) * bins));
    counts[bin] = (counts[bin] as number) + 1;
    sum += value;
    if (value === 0) zeros += 1;
  }
  const mean = sum / values.length;
  const std = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
  return {
    node: nodeName,
    parameter,
    mean,
    std,
    min: low,
    max: high,
    zeros: zeros / values.length,
    saturated: /tanh/.test(nodeName) ? 0.21 : null,
    dead: null,
    dead_since: null,
    ratio: null,
    num_elements: 100 * values.length,
    num_measured: values.length,
    non_finite: 0,
    edges: array(Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins)),
    counts: array(counts),
  };
}

export function activations(step: number, kind: Kind): DecodedFrame {
  const u = random(step + 5);
  const t = 1 - Math.exp(-step / 300);
  const shape = (mean: number, std: number, second: number, share: number, isRelu = false): Float64Array =>
    Float64Array.from({ length: 600 }, () => {
      const value = u() < share * t ? second + 0.5 * u.normal() : mean * t + (1 + (std - 1) * t) * u.normal();
      return isRelu ? Math.max(0, value) : value;
    });
  const items = check(kind).nodes.map(({ id }, i) =>
    histogramOf(shape(-0.25 * i + 0.1, 1 - 0.02 * i, 3, 0.03 * i, id.startsWith('relu')), id, null),
  );
  return { ...header, probe: 'activations', data_shape: 'histogram', step, split: 'validation', mode: 'eval', items };
}

export function weights(step: number, kind: Kind): DecodedFrame {
  const u = random(step + 9);
  const items = check(kind)
    .nodes.filter((one) => one.parameters > 0)
    .flatMap(({ id }, i) => {
      const scale = (0.3 / (i + 1)) * (1 + step / 2000);
      return ['weight', 'bias'].map((parameter) =>
        histogramOf(
          Float64Array.from({ length: 400 }, () => scale * u.normal()),
          id,
          parameter,
        ),
      );
    });
  return { ...header, probe: 'weights', data_shape: 'histogram', step, split: null, mode: null, items };
}

export function norms(step: number): DecodedFrame {
  const items = (['batch_norm_1', 'batch_norm_2'] as const).map((name, k) => {
    const num = k === 0 ? 20 : 50;
    const u = random(31 + k);
    const noise = random(step + 17 * k);
    const running = Array.from({ length: num }, () => u.normal() * 0.42);
    const runningVar = Array.from({ length: num }, () => 0.4 + 1.3 * u());
    return {
      node: name,
      kind: 'batch_norm',
      axes: 'N, H, W',
      total: num,
      input_shape: [num, k === 0 ? 28 : 14, k === 0 ? 28 : 14],
      num_groups: null,
      momentum: 0.1,
      batch_mean: array(running.map((value) => value + 0.09 * noise.normal())),
      batch_var: array(runningVar.map((value) => Math.max(0.05, value + 0.1 * noise.normal()))),
      running_mean: array(running),
      running_var: array(runningVar),
      weight: array(running.map((_, i) => 1 + 0.0001 * step * Math.sin(i))),
      bias: array(running.map((_, i) => 0.0002 * step * Math.cos(i * 2))),
    };
  });
  return { ...header, probe: 'norm_statistics', data_shape: 'channels', step, split: 'train', mode: 'train', items };
}

export function filters(step: number): DecodedFrame {
  const u = random(11);
  const noise = random(step);
  const t = Math.min(1, step / 1000);
  const values = Array.from({ length: 20 }, () => {
    const [theta, f, phase, s, a] = [u() * Math.PI, 0.8 + u() * 1.4, u() * 6.3, 1.1 + u() * 0.8, 0.18 + u() * 0.2];
    return Array.from({ length: 25 }, (_, i) => {
      const [x, y] = [(i % 5) - 2, Math.floor(i / 5) - 2];
      const along = x * Math.cos(theta) + y * Math.sin(theta);
      const wave = a * Math.exp(-(x * x + y * y) / (2 * s * s)) * Math.cos(f * along + phase);
      return t * wave + 0.03 * u.normal() + 0.004 * noise.normal();
    });
  }).flat();
  const far = Math.max(...values.map(Math.abs));
  const item = {
    node: 'conv1',
    parameter: 'weight',
    images: array(values, 20, 1, 5, 5),
    total: 20,
    num_channels: 1,
    in_colour: false,
    names: [],
    frames: null,
    field: null,
    rule: null,
    signed: true,
    low: -far,
    high: far,
  };
  return { ...header, probe: 'filters', data_shape: 'image_grid', step, split: null, mode: null, items: [item] };
}

export function confusion(step: number): DecodedFrame {
  const u = random(77);
  const wrong = 4 * Math.exp(-step / 400) + 1;
  const values = Array.from({ length: 100 }, (_, k) => {
    const [i, j] = [Math.floor(k / 10), k % 10];
    if (i === j) return Math.round(186 + u() * 14);
    const known: Record<string, number> = { '4,9': 9, '9,4': 7, '3,5': 6 };
    return Math.round(wrong * (known[`${i},${j}`] ?? (u() < 0.2 ? 1 + u() * 2 : 0)));
  });
  const names = Array.from({ length: 10 }, (_, i) => String(i));
  const item = {
    row_title: 'true',
    column_title: 'predicted',
    row_names: names,
    column_names: names,
    values: array(values, 10, 10),
  };
  return {
    ...header,
    probe: 'confusion',
    data_shape: 'matrix',
    step,
    split: 'validation',
    mode: 'eval',
    items: [item],
  };
}

const RESOLUTION = 64;
const EXTENT = 6;

export function surface(step: number, kind: Kind): DecodedFrame {
  const t = 1 - Math.exp(-step / 500);
  const at = (k: number): readonly [number, number] => [
    -EXTENT + (2 * EXTENT * (k % RESOLUTION)) / (RESOLUTION - 1),
    -EXTENT + (2 * EXTENT * Math.floor(k / RESOLUTION)) / (RESOLUTION - 1),
  ];
  const area = RESOLUTION * RESOLUTION;
  const angle = (k: number): number => {
    const [x, y] = at(k);
    return Math.atan2(x, y) - 1.4 * 2 * Math.PI * (Math.hypot(x, y) / 5) * t;
  };
  const layers = { image: 1, plane: 2, classes3: 3, regression: 1 }[kind];
  const values = new Float32Array(layers * area);
  for (let k = 0; k < area; k += 1) {
    if (layers === 1) values[k] = Math.tanh((at(k)[0] * t) / 3) * 0.8;
    else {
      const scores = Array.from({ length: layers }, (_, c) => 3 * t * Math.cos(angle(k) - (2 * Math.PI * c) / layers));
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      for (let c = 0; c < layers; c += 1) values[c * area + k] = Math.exp(scores[c] as number) / total;
    }
  }
  const ends = [-EXTENT, EXTENT];
  const item = { node: 'output', x: ends, y: ends, values: array(values, layers, RESOLUTION, RESOLUTION) };
  return {
    ...header,
    probe: 'decision_surface',
    data_shape: 'surface',
    step,
    split: null,
    mode: 'eval',
    items: [item],
  };
}

export function points(kind: Kind): PlanePoints | null {
  if (kind === 'image') return null;
  const classes = kind === 'classes3' ? 3 : 2;
  const make = (num: number, noise: number, seed: number): PreviewSample[] => {
    const u = random(seed);
    return Array.from({ length: num }, (_, index) => {
      const label = index % classes;
      const share = Math.floor(index / classes) / (num / classes);
      const [radius, angle] = [share * 5 + 0.15, 1.4 * share * 2 * Math.PI + (label * 2 * Math.PI) / classes];
      const [x, y] = [radius * Math.sin(angle) + u.normal() * noise, radius * Math.cos(angle) + u.normal() * noise];
      const word = kind === 'regression' ? String((x / 6).toFixed(3)) : String(label);
      return { index, label: word, text: null, values: [x, y] };
    });
  };
  return { train: make(320, 0.1, 5), validation: make(80, 0.16, 9) };
}
