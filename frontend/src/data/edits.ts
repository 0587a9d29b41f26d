/** Edits of the spec that concern the data, as plain functions. */
import type { Field } from '../forms/schema';
import type { CheckedData, NodeSpec, RunSpec } from '../generated/schemas';

type Fields = Record<string, unknown>;

export const fieldOf = (spec: object, name: string): unknown => (spec as Fields)[name];

export const withField = <Spec extends object>(spec: Spec, name: string, value: unknown): Spec => ({
  ...spec,
  [name]: value,
});

/** Another dataset: its own fields at their defaults, and whatever of the rest still makes sense. */
export const withDataset = (spec: RunSpec, dataset: string): RunSpec => ({
  ...spec,
  data: {
    ...spec.data,
    dataset,
    params: {},
    subset: null,
    augment: [],
    // Which classes are rare is a matter of the set, and another set may have none at all.
    oversample: dataset === spec.data.dataset && spec.data.oversample,
  },
});

/**
 * Another set of points in the plane, with the network that is there: fields that both sets have are kept, and output
 * and loss fit what is to be told.
 */
export function withPoints(spec: RunSpec, data: CheckedData, fields: readonly Field[]): RunSpec {
  const kept = Object.entries(spec.data.params).filter(([name]) => fields.some((field) => field.name === name));
  const moved = withDataset(spec, data.dataset);
  return withAnswer({ ...moved, data: { ...moved.data, params: Object.fromEntries(kept) } }, data);
}

/** What data ask of a network. */
export type Asked = Pick<CheckedData, 'task' | 'class_names' | 'output_shape'>;

/** The last layer and the loss as the data ask for them. */
export function withAnswer(spec: RunSpec, data: Asked): RunSpec {
  if (spec.data.target === 'input') return spec;
  const outputs = numOutputs(spec, data);
  return { ...spec, graph: withOutputs(spec.graph, outputs), loss: lossFor(data, outputs, spec.loss) };
}

const outputsOf = (node: NodeSpec | undefined): unknown => node && fieldOf(node, 'out_features');

/** One output tells two classes apart as well as two do. */
function numOutputs(spec: RunSpec, data: Asked): number {
  const now = outputsOf(spec.graph.at(-1));
  if (data.task === 'regression') return data.output_shape[0] ?? 1;
  return data.class_names.length === 2 && now === 1 ? 1 : data.class_names.length;
}

const withOutputs = (graph: readonly NodeSpec[], count: number): NodeSpec[] =>
  graph.map((node, at) =>
    at === graph.length - 1 && outputsOf(node) !== undefined ? withField(node, 'out_features', count) : node,
  );

const OF_NUMBERS = new Set(['mse', 'l1', 'huber']);

/** The loss that is there where it can stay; null is the usual one. */
function lossFor(data: Asked, outputs: number, loss: RunSpec['loss']): RunSpec['loss'] {
  if (data.task === 'regression') return loss && OF_NUMBERS.has(loss.kind) ? loss : null;
  if (outputs === 1) return { kind: 'bce' } as RunSpec['loss'];
  return loss && loss.kind !== 'bce' && !OF_NUMBERS.has(loss.kind) ? loss : null;
}
