/** Which fields of a layer stand open in its card, and which are behind one line. */
import type { Field } from '../forms/schema';
import type { NodeSpec } from '../generated/schemas';

/** What is rarely other than its default, or is inferred. */
const RARE = new Set([
  'dilation',
  'groups',
  'bias',
  'in_channels',
  'in_features',
  'input_size',
  'num_features',
  'num_channels',
  'num_embeddings',
  'embed_dim',
  'd_model',
  'eps',
  'ceil_mode',
  'count_include_pad',
  'output_padding',
  'track_running_stats',
]);

export interface Sorted {
  readonly open: readonly Field[];
  readonly rare: readonly Field[];
}

/** Fields that are written stand open; where all are rare, all of them do. */
export function sortFields(fields: readonly Field[], spec: NodeSpec): Sorted {
  const written = spec as unknown as Record<string, unknown>;
  const isRare = ({ name }: Field): boolean => RARE.has(name) && written[name] === undefined;
  if (fields.every(({ name }) => RARE.has(name))) return { open: fields, rare: [] };
  return { open: fields.filter((field) => !isRare(field)), rare: fields.filter(isRare) };
}
