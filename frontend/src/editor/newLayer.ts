/**
 * The fields of a layer that is added, such that it fits where it is put.
 *
 * They come from the example of its kind; fields whose name tells a size are then fitted to what arrives. Only names
 * of fields are known here, never kinds.
 */
import type { CheckedData, Kind, NodeSpec } from '../generated/schemas';
import type { Piece } from './pieces';
import { INPUT } from './sources';

/** Where a layer is added. */
export interface Site {
  /** Shape of what arrives, without the batch; null where it is not known. */
  readonly shape: readonly number[] | null;
  /** True where the data itself arrives. */
  readonly isData: boolean;
  /** True where what is added gives the answer of the network. */
  readonly isLast: boolean;
  readonly data: CheckedData | null;
  /** Earlier nodes that give the same shape, the nearest first: what a skip connection could come from. */
  readonly alike: readonly string[];
}

type Fields = Record<string, unknown>;
type Fit = (value: unknown, site: Site) => unknown;

/** Fewer channels than this are the colours of an image, which say nothing of how wide a layer should be. */
const FEWEST = 8;
const USUAL = { channels: 16, features: 64 };

const channels = ({ shape, isData }: Site): number | null =>
  shape && shape.length > 1 && !isData ? (shape[0] as number) : null;
const features = ({ shape }: Site): number | null => shape?.at(-1) ?? null;
const sizes = ({ shape }: Site): readonly number[] => (shape && shape.length > 1 ? shape.slice(1) : []);

/** The largest divisor of `count` up to `most`. */
export function divisor(count: number, most: number): number {
  for (let size = Math.min(most, count); size > 1; size -= 1) if (count % size === 0) return size;
  return 1;
}

const width =
  (usual: number, arriving: (site: Site) => number | null): Fit =>
  (_, site) => {
    const before = arriving(site);
    return before !== null && before >= FEWEST && !site.isData ? before : usual;
  };

/** A window is never larger than what it slides over. */
const windowed: Fit = (value, site) => {
  const least = Math.min(...sizes(site));
  if (typeof value === 'number' && Number.isFinite(least)) return Math.max(1, Math.min(value, least));
  return value;
};

const FITS: Readonly<Record<string, Fit>> = {
  out_channels: width(USUAL.channels, channels),
  kernel_size: windowed,
  out_features: (value, site) => {
    const wanted = site.data?.output_shape.at(-1);
    if (site.isLast && wanted !== undefined) return wanted;
    return width(USUAL.features, ({ shape }) => (shape?.length === 1 ? (shape[0] as number) : null))(value, site);
  },
  hidden_size: width(32, features),
  embedding_dim: () => 16,
  embed_dim: (value, site) => features(site) ?? value,
  d_model: (value, site) => features(site) ?? value,
  num_heads: (value, site) => divisor(features(site) ?? 1, Number(value) || 4),
  nhead: (value, site) => divisor(features(site) ?? 1, Number(value) || 4),
  num_groups: (_, { shape }) => divisor(shape?.[0] ?? 1, 8),
};

/** Sizes of what comes in are found from it, and would be wrong in another place. */
const INFERRED = /^(in_channels|in_features|input_size|num_embeddings|num_features|normalized_shape)$/;

function exampleOf(kind: Kind): Fields {
  const graph = (kind.example as { graph?: NodeSpec[] } | null)?.graph ?? [];
  const found = graph.find((node) => node.kind === kind.kind || kind.aliases.includes(node.kind));
  const { id: _id, kind: _kind, inputs: _inputs, init: _init, block: _block, ...fields } = (found ?? {}) as Fields;
  return fields;
}

const facts = (kind: Kind): { numInputs: readonly number[] } => ({
  numInputs: (kind.details.num_inputs as number[] | undefined) ?? [1, 1],
});

/** What a node with several inputs reads: what arrives, and something of the same shape beside it. */
function inputsFor(kind: Kind, site: Site): { inputs?: string[] } {
  const least = facts(kind).numInputs[0] ?? 1;
  if (least < 2) return {};
  const ports = (kind.details.input_ports as string[] | undefined) ?? [];
  const beside = ports.length > 0 ? INPUT : (site.alike[0] ?? INPUT);
  const rest = Array.from({ length: least - 1 }, () => beside);
  return { inputs: ports.length > 0 ? [INPUT, ...rest] : [...rest, INPUT] };
}

/** A layer of this kind as a piece, with what it needs in front of it. */
export function newLayer(kind: Kind, site: Site): Piece {
  const required = (kind.fields.required as string[] | undefined) ?? [];
  const example = exampleOf(kind);
  const names = [...new Set([...required, ...Object.keys(example)])].filter(
    (name) => required.includes(name) || !INFERRED.test(name),
  );
  const fields = Object.fromEntries(names.map((name) => [name, FITS[name]?.(example[name], site) ?? example[name]]));
  if (typeof fields.padding === 'number' && typeof fields.kernel_size === 'number') {
    fields.padding = Math.min(fields.padding, Math.floor((fields.kernel_size - 1) / 2));
  }
  const node = { kind: kind.kind, ...fields, ...inputsFor(kind, site) } as unknown as NodeSpec;
  // A layer that gives features reads a row of numbers: an image is made one in front of it.
  const isImage = site.shape?.length === 3;
  return 'out_features' in fields && isImage ? [{ kind: 'flatten' } as NodeSpec, node] : [node];
}
