/** Which blocks of a network are drawn as one card, and which stand in one card several times. */
import type { Wired, WiredNode } from './graph';
import { nodeOf, portOf } from './sources';

/** A network of more nodes than these starts folded; about a dozen cards. */
export const FOLDS_FROM = 28;

/** Names of blocks, in the order of the graph. */
export const blocksOf = (nodes: Wired): readonly string[] => [
  ...new Set(nodes.flatMap(({ spec }) => (spec.block ? [spec.block] : []))),
];

/** How the fold of a row of equal blocks is called, beside those of the blocks. */
export const rowName = (first: string): string => `${first} ×`;

/** Rows of equal blocks, each of which reads nothing but the block before it: names of blocks, two or more a row. */
export function rowsOf(nodes: Wired): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (const block of blocksOf(nodes)) {
    const row = rows.at(-1);
    const before = row?.at(-1);
    if (row && before !== undefined && isRepeat(nodes, before, block)) row.push(block);
    else rows.push([block]);
  }
  return rows.filter((row) => row.length > 1);
}

/** Node → block, for the blocks that are folded: by hand, or because the network is long. A row goes by its first. */
export function foldedBlocks(nodes: Wired, folds: Readonly<Record<string, boolean>>): ReadonlyMap<string, string> {
  const isLong = nodes.length > FOLDS_FROM;
  const isFolded = (block: string): boolean => folds[block] ?? isLong;
  const firstOf = new Map<string, string>();
  for (const row of rowsOf(nodes)) {
    const first = row[0] as string;
    if ((folds[rowName(first)] ?? isLong) && row.every(isFolded)) for (const block of row) firstOf.set(block, first);
  }
  return new Map(
    nodes.flatMap(({ id, spec }) =>
      spec.block && isFolded(spec.block) ? [[id, firstOf.get(spec.block) ?? spec.block] as const] : [],
    ),
  );
}

/** Blocks of which the nodes have cards of their own. */
export function openBlocks(nodes: Wired, folds: Readonly<Record<string, boolean>>): readonly string[] {
  const folded = foldedBlocks(nodes, folds);
  return blocksOf(nodes.filter(({ id }) => !folded.has(id)));
}

const membersOf = (nodes: Wired, block: string): readonly WiredNode[] =>
  nodes.filter(({ spec }) => spec.block === block);

/** True where a block is the one before it once more: alike in all but names, and nothing but it reads that one. */
function isRepeat(nodes: Wired, before: string, block: string): boolean {
  const [one, other] = [membersOf(nodes, before), membersOf(nodes, block)];
  const exit = one.at(-1)?.id;
  const own = new Set(one.map(({ id }) => id));
  const readers = nodes.filter(({ spec, inputs }) => spec.block !== before && inputs.some((id) => own.has(nodeOf(id))));
  const isChain = readers.length > 0 && readers.every(({ spec }) => spec.block === block);
  const entries = new Set(
    other.flatMap(({ inputs }) => inputs.filter((id) => !other.some((node) => node.id === nodeOf(id)))),
  );
  return isChain && entries.size === 1 && entries.has(exit ?? '') && formOf(one) === formOf(other);
}

/** What a block is, without the names in it. */
function formOf(members: readonly WiredNode[]): string {
  const at = new Map(members.map(({ id }, index) => [id, index]));
  const readOf = (source: string): string => `${at.get(nodeOf(source)) ?? 'before'} ${portOf(source) ?? ''}`;
  return JSON.stringify(
    members.map(({ inputs, spec }) => {
      const fields = Object.entries(spec).filter(([name]) => !['id', 'inputs', 'block'].includes(name));
      return [inputs.map(readOf), fields.sort(([a], [b]) => a.localeCompare(b))];
    }),
  );
}
