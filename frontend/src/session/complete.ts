/**
 * A spec as people write it, with everything filled in that has a default. The defaults are those of the schemas; a
 * test compares them.
 */
import type { RunSpec } from '../generated/schemas';

type Parts = Record<string, unknown>;

export const DEFAULTS = {
  name: 'Untitled',
  data: {
    params: {},
    batch_size: 64,
    validation_fraction: 0.2,
    split_seed: null,
    stratify: true,
    oversample: false,
    preprocess: 'standardize',
    augment: [],
    shuffle: true,
    target: 'label',
    subset: null,
  },
  init: { scheme: 'kaiming_normal' },
  loss: null,
  optimizer: { kind: 'adam' },
  schedule: { kind: 'constant' },
  regularization: { l1: 0, l2: 0, clip_grad_norm: null, clip_grad_value: null },
  training: {
    epochs: 20,
    max_steps: null,
    seed: 0,
    device: 'auto',
    eval_every: null,
    early_stopping: null,
    max_steps_per_second: null,
    engine: 'auto',
  },
  tags: [],
} as const;

const FILLED_IN: readonly string[] = ['data', 'regularization', 'training'];

export class NotASpec extends Error {
  constructor(
    message: string,
    /** Where it is, such as `graph.3`. */
    readonly path: string,
  ) {
    super(message);
    this.name = 'NotASpec';
  }
}

const isObject = (value: unknown): value is Parts =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Checks what the page itself relies on; the server checks the rest, with better words. */
function demand(spec: unknown): asserts spec is Parts {
  if (!isObject(spec)) throw new NotASpec('An experiment is an object: { "data": …, "graph": … }.', '');
  if (!isObject(spec.data) || typeof spec.data.dataset !== 'string') {
    throw new NotASpec(
      'The experiment needs data with the name of a dataset: "data": { "dataset": "digits" }.',
      'data',
    );
  }
  if (!Array.isArray(spec.graph) || spec.graph.length === 0) {
    throw new NotASpec('The experiment needs a graph: a list of at least one node.', 'graph');
  }
  for (const [index, node] of spec.graph.entries()) {
    const fits = isObject(node) && typeof node.kind === 'string';
    if (!fits) throw new NotASpec('A node is an object with a kind: { "kind": "relu" }.', `graph.${index}`);
    const { inputs } = node;
    if (inputs !== undefined && inputs !== null && !Array.isArray(inputs)) {
      throw new NotASpec('Inputs are a list of names: ["conv1"].', `graph.${index}.inputs`);
    }
  }
  for (const part of ['init', 'optimizer', 'schedule', 'regularization', 'training']) {
    if (spec[part] !== undefined && !isObject(spec[part])) throw new NotASpec(`"${part}" is an object.`, part);
  }
  if (spec.data.params !== undefined && !isObject(spec.data.params)) {
    throw new NotASpec('"params" is an object.', 'data.params');
  }
}

/** @throws NotASpec when it lacks what every spec has. */
export function complete(spec: unknown): RunSpec {
  demand(spec);
  const whole: Parts = { ...DEFAULTS, ...spec };
  for (const part of FILLED_IN) {
    const defaults = (DEFAULTS as unknown as Record<string, Parts>)[part];
    whole[part] = { ...defaults, ...(spec[part] as Parts | undefined) };
  }
  return whole as unknown as RunSpec;
}

/** The spec with what goes without saying left out, for people to read. */
export function shorten(spec: RunSpec): Parts {
  const short = ORDER.flatMap((name): [string, unknown][] => {
    const value = (spec as unknown as Parts)[name];
    const initial = (DEFAULTS as unknown as Parts)[name];
    const isPlain = !FILLED_IN.includes(name) || !isObject(initial);
    const told = isPlain ? withoutNull(value) : ordered(differing(name, value as Parts, initial));
    const goesWithout = isEmpty(told) || (!ALWAYS.has(name) && JSON.stringify(told) === JSON.stringify(initial));
    return goesWithout ? [] : [[name, told]];
  });
  return Object.fromEntries(short);
}

function differing(part: string, value: Parts, initial: Parts): Parts {
  const differs = Object.entries(value).filter(
    ([field, one]) => JSON.stringify(one) !== JSON.stringify(initial[field]) || ALWAYS.has(`${part}.${field}`),
  );
  return withoutNull(Object.fromEntries(differs)) as Parts;
}

const ORDER = ['name', 'data', 'graph', 'init', 'loss', 'optimizer', 'schedule', 'regularization', 'training', 'tags'];
const FIRST = ['id', 'dataset', 'kind', 'scheme'];

/** What names a thing stands first. */
function ordered(part: Parts): Parts {
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => rank(a) - rank(b)));
}

const ALWAYS = new Set([
  'name',
  'init',
  'optimizer',
  'data.dataset',
  'data.batch_size',
  'training.epochs',
  'training.seed',
]);

const isEmpty = (value: unknown): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isObject(value)) return value;
  const told = Object.entries(value).filter(([, one]) => one !== null);
  return ordered(Object.fromEntries(told.map(([name, one]) => [name, withoutNull(one)])));
}
