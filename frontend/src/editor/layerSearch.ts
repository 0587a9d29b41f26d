/** Layers and blocks that can be added, found by a few letters. */
import { fieldLabel } from '../forms/words';
import type { Kind } from '../generated/schemas';
import { BLOCKS } from './blocks';

/** What is dragged from the list of layers carries its name under this type. */
export const LAYER_TYPE = 'application/x-layerlab-layer';
/** Type of what is dragged when a cap is drawn off its card. */
export const NODE_TYPE = 'application/x-layerlab-node';

export interface LayerEntry {
  /** Name of the kind, or of a block. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly help: string;
  readonly names: readonly string[];
}

/** Groups that come first; others follow as the catalogue has them. */
const ORDER = [
  'weights',
  'norm',
  'activation',
  'pooling',
  'regularisation',
  'recurrent',
  'attention',
  'combine',
  'shape',
];
const TITLES: Readonly<Record<string, string>> = { weights: 'Layers with weights', combine: 'Join branches' };

const BLOCKS_TITLE = 'Blocks';

/** Everything that can be added, group by group; blocks stand after the layers with weights. */
export function layerEntries(kinds: readonly Kind[]): LayerEntry[] {
  const rank = (group: string): number => (ORDER.includes(group) ? ORDER.indexOf(group) : ORDER.length);
  const layers = kinds
    .filter((kind) => kind.family === 'layer')
    .sort((a, b) => rank(a.group) - rank(b.group))
    .map(({ kind, title, group, help, aliases }) => ({
      id: kind,
      title,
      group: TITLES[group] ?? fieldLabel(group),
      help,
      names: [kind, ...aliases],
    }));
  const blocks = BLOCKS.map(({ id, title, help, words }) => ({
    id,
    title,
    group: BLOCKS_TITLE,
    help,
    names: words.split(' '),
  }));
  const isWeighted = (entry: LayerEntry): boolean => entry.group === TITLES.weights;
  return [...layers.filter(isWeighted), ...blocks, ...layers.filter((entry) => !isWeighted(entry))];
}

const plain = (text: string): string => text.toLowerCase().replaceAll('_', ' ');

/** How well an entry fits: the smaller the better; null where it does not. */
function closeness({ title, group, names, help }: LayerEntry, wanted: string): number | null {
  const words = [title, ...names].map(plain);
  // The further words of a block tell what is in it: the layer itself comes first.
  if (words.includes(wanted)) return group === BLOCKS_TITLE ? 1 : 0;
  if (words.some((word) => word.startsWith(wanted))) return 1;
  if (words.some((word) => word.split(' ').some((part) => part.startsWith(wanted)))) return 2;
  if (words.some((word) => word.includes(wanted))) return 3;
  return wanted.length > 2 && plain(help).includes(wanted) ? 4 : null;
}

/** The entries that fit, the best first; all of them for an empty query. */
export function searchLayers(entries: readonly LayerEntry[], query: string): LayerEntry[] {
  const wanted = plain(query.trim());
  if (wanted === '') return [...entries];
  const scored = entries.flatMap((entry) => {
    const score = closeness(entry, wanted);
    return score === null ? [] : [{ entry, score }];
  });
  return scored.sort((a, b) => a.score - b.score).map((one) => one.entry);
}
