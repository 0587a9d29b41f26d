/** The sums behind a card: how a shape comes about, and where the parameters are. */
import { formatCount, formatShape } from '../draw';
import type { CheckedNode, NodeSpec } from '../generated/schemas';

export interface Sum {
  /** What is left of the equals sign. */
  readonly terms: string;
  readonly result: string;
}

type Fields = Readonly<Record<string, unknown>>;

const first = (value: unknown, initial: number): number =>
  Array.isArray(value) ? Number(value[0]) : typeof value === 'number' ? value : initial;

const minus = '−';

/** (28 − 5 + 2·2) / 1 + 1 = 28, for what slides over an image; null for what does not, or keeps its size. */
function sizeSum(node: CheckedNode, fields: Fields): Sum | null {
  const size = node.input_shapes[0]?.[1];
  const output = node.output_shape?.[1];
  if (fields.kernel_size === undefined || size === undefined || output === undefined) return null;
  if (fields.padding === 'same') return { terms: `${size}, padded to stay`, result: String(output) };
  const kernel = first(fields.kernel_size, 1);
  const reach = first(fields.dilation, 1) * (kernel - 1) + 1;
  const padding = first(fields.padding, 0);
  const stride = first(fields.stride, node.kind.includes('pool') ? kernel : 1);
  const padded = padding > 0 ? ` + 2·${padding}` : '';
  return { terms: `(${size} ${minus} ${reach}${padded}) / ${stride} + 1`, result: String(output) };
}

/** 20·(1·5·5 + 1) = 520, for a weight of one row for each output, with or without a bias. */
function parameterSum(node: CheckedNode): Sum | null {
  if (node.parameters === 0) return null;
  const result = formatCount(node.parameters);
  const { weight, bias, ...others } = node.parameter_shapes;
  if (Object.keys(others).length === 0 && weight && weight.length > 1) {
    const [rows, ...rest] = weight;
    const product = rest.map(formatCount).join('·');
    return {
      terms: bias ? `${formatCount(rows ?? 0)}·(${product} + 1)` : `${formatCount(rows ?? 0)}·${product}`,
      result,
    };
  }
  const shapes = Object.values(node.parameter_shapes).map((shape) => formatShape(shape).replaceAll('×', '·'));
  const counts = new Map<string, number>();
  for (const shape of shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  const terms = [...counts].map(([shape, times]) => (times === 1 ? shape : `${times}·${shape}`));
  return { terms: terms.join(' + '), result };
}

export function sums(node: CheckedNode, spec: NodeSpec | undefined): Sum[] {
  const fields = (spec ?? {}) as Fields;
  return [sizeSum(node, fields), parameterSum(node)].filter((sum) => sum !== null);
}

/** 'field 5×5', or null outside of images. */
export const receptiveField = (node: CheckedNode): string | null =>
  node.receptive_field ? formatShape(node.receptive_field) : null;
