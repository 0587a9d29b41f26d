/** Which blocks of a network are drawn as one card. */
import type { Wired } from './graph';

/** A network of more nodes than these starts folded; about a dozen cards. */
export const FOLDS_FROM = 28;

/** Names of blocks, in the order of the graph. */
export const blocksOf = (nodes: Wired): readonly string[] => [
  ...new Set(nodes.flatMap(({ spec }) => (spec.block ? [spec.block] : []))),
];

/** Node → block, for the blocks that are folded: by hand, or because the network is long. */
export function foldedBlocks(nodes: Wired, folds: Readonly<Record<string, boolean>>): ReadonlyMap<string, string> {
  const isLong = nodes.length > FOLDS_FROM;
  return new Map(
    nodes.flatMap(({ id, spec }) => (spec.block && (folds[spec.block] ?? isLong) ? [[id, spec.block] as const] : [])),
  );
}
