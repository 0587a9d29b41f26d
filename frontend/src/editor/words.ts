/** The key numbers of a node, as they stand on its card: '20 filters, 5×5', '500 units'. Known by fields, not by kinds. */
import { formatCount, formatCounted, formatNumber } from '../draw';
import { fieldLabel } from '../forms/words';
import type { CheckedNode, Kind, NodeSpec } from '../generated/schemas';
import { extentForm } from './extent';

type Fields = Readonly<Record<string, unknown>>;

const count = (value: unknown, one: string, many?: string): string => formatCounted(Number(value), one, many);

/** 6.5 M, 12.3 k. */
export function largeCount(value: number): string {
  if (value >= 1e6) return `${formatNumber(value / 1e6, 3)} M`;
  return value >= 1e4 ? `${formatNumber(value / 1e3, 3)} k` : formatCount(value);
}

/** 5 is '5×5' where there are two directions; [3, 5] is '3×5'. */
export function extent(value: unknown, directions: number): string {
  const sizes = Array.isArray(value) ? value : Array.from({ length: directions }, () => value);
  return sizes.map((size) => formatCount(Number(size))).join('×');
}

type Telling = (value: unknown, kind: Kind | undefined) => string;

/** Fields that say what a layer is, in the order in which they are told. */
const TELLING: Readonly<Record<string, Telling>> = {
  out_channels: (value) => count(value, 'filter'),
  out_features: (value) => count(value, 'unit'),
  hidden_size: (value) => count(value, 'unit'),
  embedding_dim: (value) => `${count(value, 'number')} a token`,
  num_heads: (value) => count(value, 'head'),
  kernel_size: (value, kind) => extent(value, extentForm(kind, 'kernel_size')?.count ?? 1),
  num_layers: (value) => (Number(value) > 1 ? count(value, 'layer') : ''),
  bidirectional: (value) => (value === true ? 'both ways' : ''),
  num_groups: (value) => count(value, 'group'),
  p: (value) => `p ${value}`,
};

/** The value of a field: as written, or its default. */
function writtenOrDefault(fields: Fields, name: string, kind: Kind | undefined): unknown {
  const schema = ((kind?.fields.properties ?? {}) as Record<string, { default?: unknown }>)[name];
  return fields[name] ?? schema?.default;
}

function told(fields: Fields, kind: Kind | undefined): string[] {
  const names = Object.keys(TELLING).filter((name) => writtenOrDefault(fields, name, kind) !== undefined);
  const words = names.map((name) => TELLING[name]?.(writtenOrDefault(fields, name, kind), kind) ?? '').filter(Boolean);
  if (words.length > 0) return words;
  const first = ((kind?.fields.required as string[] | undefined) ?? []).find(
    (name) => typeof fields[name] === 'number',
  );
  return first === undefined ? [] : [`${fieldLabel(first).toLowerCase()} ${formatCount(Number(fields[first]))}`];
}

/**
 * The numbers beside the name of a kind.
 *
 * @param numClasses For the last layer, how many classes there are (0: it predicts numbers); null for all others.
 */
export function keyNumbers(
  spec: NodeSpec | undefined,
  node: CheckedNode,
  kind: Kind | undefined,
  numClasses: number | null,
): string {
  const fields = (spec ?? {}) as Fields;
  if (numClasses !== null && fields.out_features !== undefined) {
    if (numClasses === 0) return count(fields.out_features, 'target');
    const isAnswer = fields.out_features === numClasses;
    return isAnswer ? count(fields.out_features, 'class', 'classes') : count(fields.out_features, 'output');
  }
  const words = told(fields, kind);
  return words.length === 0 && node.inputs.length > 1 ? count(node.inputs.length, 'input') : words.join(', ');
}

/** The one number of a cap that is known before training: window of a pooling, p of a dropout, parameters of a norm. */
export function capNumber(spec: NodeSpec | undefined, node: CheckedNode, kind: Kind | undefined): string {
  const fields = (spec ?? {}) as Fields;
  const p = writtenOrDefault(fields, 'p', kind);
  if (typeof p === 'number') return `p ${p}`;
  const window = writtenOrDefault(fields, 'kernel_size', kind);
  if (window !== undefined && window !== null) return extent(window, extentForm(kind, 'kernel_size')?.count ?? 1);
  return node.parameters > 0 ? formatCount(node.parameters) : '';
}
