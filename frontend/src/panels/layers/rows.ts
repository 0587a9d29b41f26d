/** The rows of the panel of layers: of each node four distributions, and the update of its weight. */
import type { CheckResult } from '../../generated/schemas';
import { asShape, type FrameOf, type HistogramItem } from '../../words/frames';
import { type Scene, shownFrame } from '../drawing';

type Frame = FrameOf<'histogram'>;

/** One column of small multiples. */
export interface Quantity {
  readonly probe: string;
  /** Head of the column. */
  readonly head: string;
  /** The head where the column is narrow. */
  readonly short: string;
  /** What it is of a layer, in full. */
  readonly title: string;
}

/** In the order of the columns; the gradient of each stands beside it. */
export const QUANTITIES = [
  { probe: 'activations', head: 'activation', short: 'activ.', title: 'activation' },
  { probe: 'activation_gradients', head: 'its gradient', short: '∂ activ.', title: 'gradient of the activation' },
  { probe: 'weights', head: 'weight', short: 'weight', title: 'weight' },
  { probe: 'weight_gradients', head: 'its gradient', short: '∂ weight', title: 'gradient of the weight' },
] as const satisfies readonly Quantity[];
export const UPDATES = 'updates';
/** All that the panel asks to be measured. */
export const PROBES_OF_LAYERS: readonly string[] = [...QUANTITIES.map(({ probe }) => probe), UPDATES];

export interface Row {
  readonly node: string;
  /** By quantity; null where the node has none or it was not measured. */
  readonly items: readonly (HistogramItem | null)[];
  /** The last update of the weight. */
  readonly update: HistogramItem | null;
}

export type Frames = ReadonlyMap<string, Frame>;

/** The frame that is shown of each probe; those that were not measured are left out. */
export function framesOf(scene: Scene): Frames {
  return new Map(
    PROBES_OF_LAYERS.flatMap((probe) => {
      const frame = asShape(shownFrame({ ...scene, probe }), 'histogram');
      return frame ? [[probe, frame] as const] : [];
    }),
  );
}

/** The parameter that stands for a layer: its weight, else the first matrix of weights, else its first parameter. */
export function mainParameter(names: readonly string[]): string | undefined {
  return names.find((name) => name === 'weight') ?? names.find((name) => name.includes('weight')) ?? names[0];
}

const isMain = (node: string, check: CheckResult | null): boolean => {
  const found = check?.nodes.find((one) => one.id === node);
  return found !== undefined && found.parameters > 0 && !/norm/.test(found.kind);
};

/** Nodes in the order of the network: those that compute something, or only the layers with weights. */
function nodesOf(frames: Frames, check: CheckResult | null, which: string): string[] {
  const measured = new Set([...frames.values()].flatMap((frame) => frame.items.map((item) => item.node)));
  const ordered = check ? check.nodes.map((node) => node.id).filter((id) => measured.has(id)) : [...measured];
  const nodes = ordered.length > 0 ? ordered : [...measured];
  const main = nodes.filter((node) => isMain(node, check));
  return which === 'main' && main.length > 0 ? main : nodes;
}

export function rowsOf(frames: Frames, check: CheckResult | null, which: string): readonly Row[] {
  const itemsOf = (probe: string, node: string): readonly HistogramItem[] =>
    frames.get(probe)?.items.filter((item) => item.node === node) ?? [];
  return nodesOf(frames, check, which).map((node) => {
    const names = [...itemsOf('weights', node), ...itemsOf('weight_gradients', node)].map((item) => item.parameter);
    const main = mainParameter(names.flatMap((name) => (name === null ? [] : [name])));
    const find = (probe: string): HistogramItem | null =>
      itemsOf(probe, node).find((item) => item.parameter === null || item.parameter === main) ?? null;
    return { node, items: QUANTITIES.map(({ probe }) => find(probe)), update: find(UPDATES) };
  });
}
