/** Ways in which a network reads tokens: a layer before all others. */
import type { NodeSpec, RunSpec } from '../../generated/schemas';
import { fieldOf } from '../edits';

export const ENCODINGS = ['embedding', 'one_hot', 'bag_of_words'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const isEncoding = (kind: string): kind is Encoding => (ENCODINGS as readonly string[]).includes(kind);

/** Numbers in the vector of a token, where the experiment did not say. */
const USUAL_DIM = 16;

/** Place of the layer that turns tokens into numbers; −1 where there is none. */
export const encoderAt = (graph: readonly NodeSpec[]): number => graph.findIndex(({ kind }) => isEncoding(kind));

export function encodingOf(graph: readonly NodeSpec[]): Encoding | null {
  const kind = graph[encoderAt(graph)]?.kind;
  return kind !== undefined && isEncoding(kind) ? kind : null;
}

const fieldsOf = (encoding: Encoding): object => (encoding === 'embedding' ? { embedding_dim: USUAL_DIM } : {});

/**
 * The experiment with this layer in the place of the one that reads the tokens now, or before all others. Its name and
 * what it reads stay, so that every wire holds.
 */
export function withEncoding(spec: RunSpec, encoding: Encoding): RunSpec {
  const at = encoderAt(spec.graph);
  const before = spec.graph[at];
  if (before?.kind === encoding) return spec;
  const kept = before
    ? { inputs: before.inputs, block: before.block, ...(isNamed(before) ? { id: before.id } : {}) }
    : {};
  const node = { kind: encoding, ...kept, ...fieldsOf(encoding) } as NodeSpec;
  const graph = before ? spec.graph.map((one, place) => (place === at ? node : one)) : [node, ...spec.graph];
  return { ...spec, graph };
}

/** A name that somebody gave stays. */
const isNamed = (node: NodeSpec): boolean => typeof fieldOf(node, 'id') === 'string';

/** Rows of 0 and one 1: steps [T] as [T, V]. */
export function oneHot(tokens: readonly number[], num: number): Float32Array {
  const rows = new Float32Array(tokens.length * num);
  tokens.forEach((token, step) => {
    if (token >= 0 && token < num) rows[step * num + token] = 1;
  });
  return rows;
}

/** How often each token comes, [V]; padding is not counted. */
export function bagOfWords(tokens: readonly number[], num: number, padding: number | null): Float32Array {
  const counts = new Float32Array(num);
  for (const token of tokens)
    if (token !== padding && token >= 0 && token < num) counts[token] = (counts[token] as number) + 1;
  return counts;
}
