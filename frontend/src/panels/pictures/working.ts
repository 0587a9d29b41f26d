/** The arithmetic that made one pixel of a map, with the real numbers. */
import { formatNumber } from '../../draw/format';
import type { Maps, Parts, Rule } from './parts';

/** One window over one map of what the layer reads. */
export interface Term {
  readonly node: string;
  readonly channel: number;
  readonly rows: number;
  readonly columns: number;
  /** Row by row; NaN where there is padding or, in a transposed convolution, nothing. */
  readonly patch: readonly number[];
  readonly kernel: readonly number[] | null;
  readonly products: readonly number[] | null;
  readonly sum: number;
}

export interface Working {
  readonly rule: Rule;
  /** The value of the map. */
  readonly value: number;
  /** What the arithmetic gives; null where some of its numbers are not in the frame. */
  readonly result: number | null;
  /** The largest contribution first. */
  readonly terms: readonly Term[];
  readonly bias: number | null;
  /** Place of the winner in the patch of a maximum. */
  readonly winner: number | null;
  /** One line with the numbers, such as "Σ x·w 0.31 + bias 0.02 = 0.33". */
  readonly line: string;
}

/** @param map Number of the map, from 0. */
export function workingOf(parts: Parts, node: string, map: number, row: number, column: number): Working | null {
  const [rule, maps] = [parts.rule(node), parts.maps(node)];
  if (!rule || !maps) return null;
  const value = at(maps, map, row, column);
  if (value === undefined) return null;
  const base = { rule, value, result: null, terms: [], bias: null, winner: null };
  const sources = rule.inputs.map((name) => parts.maps(name));
  if (sources.some((source) => source === null))
    return { ...base, line: `${rule.title}: what it reads is too large to be sent.` };
  const read = sources as Maps[];
  switch (rule.op) {
    case 'conv':
    case 'conv_transpose':
      return { ...base, ...convolution(parts, node, rule, read[0] as Maps, maps.channels, map, row, column) };
    case 'max':
    case 'mean':
      return { ...base, ...pool(rule, read[0] as Maps, map, row, column) };
    case 'mean_of_map':
      return { ...base, ...meanOfMap(rule, read[0] as Maps, map) };
    default:
      return { ...base, ...pointwise(parts, node, rule, read, map, row, column, value) };
  }
}

type Found = Partial<Working> & { readonly line: string };

const num = (value: number): string => formatNumber(value);
/** With its sign between two terms: "+ 0.02", "− 0.3". */
const signed = (value: number): string => (value < 0 ? `− ${num(-value)}` : `+ ${num(value)}`);
const total = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0);

function at(maps: Maps, channel: number, row: number, column: number): number | undefined {
  if (row < 0 || column < 0 || row >= maps.height || column >= maps.width) return undefined;
  return maps.data[(channel * maps.height + row) * maps.width + column];
}

/** Place of the input that tap `tap` of the window reads along an axis; undefined where it falls between two. */
function tapAt(rule: Rule, axis: 0 | 1, place: number, tap: number): number | undefined {
  const [stride, padding] = [rule.stride[axis] ?? 1, rule.padding[axis] ?? 0];
  const reach = tap * (rule.dilation[axis] ?? 1);
  if (rule.op !== 'conv_transpose') return place * stride - padding + reach;
  const painted = place + padding - reach;
  return painted % stride === 0 ? painted / stride : undefined;
}

/** The window over one map, NaN where there is nothing to read. */
function patchOf(rule: Rule, maps: Maps, channel: number, row: number, column: number): number[] {
  const [tall = 1, wide = 1] = rule.kernel;
  return Array.from({ length: tall * wide }, (_, tap) => {
    const y = tapAt(rule, 0, row, Math.floor(tap / wide));
    const x = tapAt(rule, 1, column, tap % wide);
    return (y === undefined || x === undefined ? undefined : at(maps, channel, y, x)) ?? Number.NaN;
  });
}

function convolution(
  parts: Parts,
  node: string,
  rule: Rule,
  read: Maps,
  numMaps: number,
  map: number,
  row: number,
  column: number,
): Found {
  const weight = parts.parameter(node, 'weight');
  if (!weight) return { line: `${rule.title}: its kernels are too large to be sent.` };
  const [, inside = 1, tall = 1, wide = 1] = weight.shape;
  const first = Math.floor(map / (numMaps / rule.groups)) * inside;
  const terms = Array.from({ length: inside }, (_, channel): Term => {
    const patch = patchOf(rule, read, first + channel, row, column);
    const start = (map * inside + channel) * tall * wide;
    const kernel = Array.from(weight.data.subarray(start, start + tall * wide));
    const products = kernel.map((w, tap) => w * (patch[tap] as number));
    const sum = total(products);
    return {
      node: rule.inputs[0] ?? '',
      channel: first + channel,
      rows: tall,
      columns: wide,
      patch,
      kernel,
      products,
      sum,
    };
  });
  const bias = parts.parameter(node, 'bias')?.data[map] ?? null;
  const sum = total(terms.map((term) => term.sum));
  const result = sum + (bias ?? 0);
  const over = inside > 1 ? ` over ${inside} channels` : '';
  const line = `Σ x·w${over} ${num(sum)}${bias === null ? '' : ` ${signed(bias)} (bias)`} = ${num(result)}`;
  return { terms: terms.toSorted((a, b) => Math.abs(b.sum) - Math.abs(a.sum)), bias, result, line };
}

function pool(rule: Rule, read: Maps, map: number, row: number, column: number): Found {
  const [rows = 1, columns = 1] = rule.kernel;
  const patch = patchOf(rule, read, map, row, column);
  const there = patch.filter((one) => !Number.isNaN(one));
  const term = (sum: number): Term[] => [
    { node: rule.inputs[0] ?? '', channel: map, rows, columns, patch, kernel: null, products: null, sum },
  ];
  if (rule.op === 'max') {
    const result = Math.max(...there);
    const winner = patch.indexOf(result);
    const place = `row ${Math.floor(winner / columns) + 1}, column ${(winner % columns) + 1} of the window`;
    return { terms: term(result), winner, result, line: `max of ${there.length} = ${num(result)}, at ${place}` };
  }
  const count = rule.counts_padding
    ? counted(rule, 0, row, read.height) * counted(rule, 1, column, read.width)
    : there.length;
  const sum = total(patch);
  return { terms: term(sum), result: sum / count, line: `Σ x ${num(sum)} / ${count} = ${num(sum / count)}` };
}

/** Places along an axis that a mean counts: the window as far as it lies over the input and its padding. */
function counted(rule: Rule, axis: 0 | 1, place: number, size: number): number {
  const [kernel, stride, padding] = [rule.kernel[axis] ?? 1, rule.stride[axis] ?? 1, rule.padding[axis] ?? 0];
  const start = place * stride - padding;
  return Math.min(start + kernel, size + padding) - start;
}

function meanOfMap(rule: Rule, read: Maps, map: number): Found {
  const area = read.height * read.width;
  const patch = Array.from(read.data.subarray(map * area, (map + 1) * area));
  const sum = total(patch);
  const term = {
    node: rule.inputs[0] ?? '',
    channel: map,
    rows: read.height,
    columns: read.width,
    patch,
    kernel: null,
    products: null,
    sum,
  };
  return { terms: [term], result: sum / area, line: `Σ x ${num(sum)} / ${area} = ${num(sum / area)}` };
}

function pointwise(
  parts: Parts,
  node: string,
  rule: Rule,
  read: readonly Maps[],
  map: number,
  row: number,
  column: number,
  value: number,
): Found {
  const values = read.map((maps) => at(maps, map, row, column) ?? Number.NaN);
  const x = values[0] ?? Number.NaN;
  if (rule.op === 'sum') {
    const result = total(values);
    const [first, ...rest] = values;
    return { result, line: `${num(first ?? 0)} ${rest.map(signed).join(' ')} = ${num(result)}` };
  }
  if (rule.op === 'batch_norm') return batchNorm(parts, node, rule, x, map);
  if (rule.op === 'copy') return { result: x, line: `${num(x)}, handed on as it is in eval mode` };
  if (rule.title !== 'ReLU') return { line: `${rule.title}(${num(x)}) = ${num(value)}` };
  const result = Math.max(0, x);
  return { result, line: `max(0, ${num(x)}) = ${num(result)}` };
}

function batchNorm(parts: Parts, node: string, rule: Rule, x: number, map: number): Found {
  const of = (name: string, standard: number): number => parts.parameter(node, name)?.data[map] ?? standard;
  const [mean, variance] = [of('running_mean', 0), of('running_var', 1)];
  const [gamma, beta] = [of('weight', 1), of('bias', 0)];
  const result = ((x - mean) / Math.sqrt(variance + rule.eps)) * gamma + beta;
  const top = `(${num(x)} ${signed(-mean)}) / √(${num(variance)} + ${num(rule.eps)})`;
  return { result, line: `${top} · ${num(gamma)} ${signed(beta)} = ${num(result)}` };
}
