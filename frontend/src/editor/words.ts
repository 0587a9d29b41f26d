/** The key numbers of a node, as they stand on its card: '20 filters, 5×5', '500 units'. */
import { formatCount } from '../draw';
import type { CheckedNode, NodeSpec } from '../generated/schemas';

type Fields = Readonly<Record<string, unknown>>;

const count = (value: unknown, noun: string, plural = `${noun}s`): string =>
  `${formatCount(Number(value))} ${Number(value) === 1 ? noun : plural}`;

/** 5 is '5×5', [3, 5] is '3×5'. */
export function extent(value: unknown): string {
  const sizes = Array.isArray(value) ? value : [value, value];
  return sizes.map((size) => formatCount(Number(size))).join('×');
}

const recurrent = (fields: Fields): string => {
  const layers = Number(fields.num_layers ?? 1);
  const parts = [count(fields.hidden_size, 'unit')];
  if (layers > 1) parts.push(count(layers, 'layer'));
  if (fields.bidirectional === true) parts.push('both ways');
  return parts.join(', ');
};

const KEY_NUMBERS: Record<string, (fields: Fields, node: CheckedNode) => string> = {
  conv2d: (fields) => `${count(fields.out_channels, 'filter')}, ${extent(fields.kernel_size)}`,
  linear: (fields) => count(fields.out_features, 'unit'),
  embedding: (fields) => `${count(fields.embedding_dim, 'number')} a token`,
  rnn: recurrent,
  lstm: recurrent,
  gru: recurrent,
  add: (_, node) => count(node.inputs.length, 'input'),
  concat: (_, node) => count(node.inputs.length, 'input'),
  max_pool2d: (fields) => extent(fields.kernel_size),
  avg_pool2d: (fields) => extent(fields.kernel_size),
  dropout: (fields) => `p ${fields.p ?? 0.5}`,
};

/**
 * The numbers beside the name of a kind.
 *
 * @param numClasses For the last layer, how many classes there are (0: it predicts numbers); null for all others.
 */
export function keyNumbers(spec: NodeSpec | undefined, node: CheckedNode, numClasses: number | null): string {
  const fields = (spec ?? {}) as Fields;
  if (node.kind !== 'linear' || numClasses === null) return KEY_NUMBERS[node.kind]?.(fields, node) ?? '';
  if (numClasses === 0) return count(fields.out_features, 'target');
  return fields.out_features === numClasses
    ? count(fields.out_features, 'class', 'classes')
    : count(fields.out_features, 'output');
}

/** The one number of a cap that is known before training: parameters of a norm, window of a pooling, p of a dropout. */
export function capNumber(spec: NodeSpec | undefined, node: CheckedNode): string {
  const fields = (spec ?? {}) as Fields;
  if (node.kind === 'dropout') return `p ${fields.p ?? 0.5}`;
  if (fields.kernel_size !== undefined) return extent(fields.kernel_size);
  return node.parameters > 0 ? formatCount(node.parameters) : '';
}
