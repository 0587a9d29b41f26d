/** What was measured of the units and the weights between them, found in the newest frames of a run. */
import { asShape, type FrameOf, type FrameStore, type HistogramItem, type ImageGridItem } from '../stores/frames';
import type { RunRecord } from '../stores/record';
import { FEATURES, type Feature, featuresOf } from './features';
import type { PlacedColumn, Tile } from './layout';
import type { Link } from './links';
import type { Column, Stack } from './stack';

/** Names of the probes behind this view: the page asks for them, their panels are found by shape. */
export const UNITS = 'units';
const CONNECTIONS = 'connections';
const ACTIVATIONS = 'activations';
export const WATCHED: readonly string[] = [UNITS, CONNECTIONS, ACTIVATIONS];

/** The item of the last of these nodes that has one. */
function lastOf<Item extends { readonly node: string }>(items: readonly Item[], nodes: readonly string[]) {
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const found = items.find((item) => item.node === nodes[at]);
    if (found) return found;
  }
  return undefined;
}

export const unitsFrame = (frames: FrameStore | undefined): FrameOf<'image_grid'> | undefined =>
  asShape(frames?.newest(UNITS), 'image_grid');

export const connectionsFrame = (frames: FrameStore | undefined): FrameOf<'image_grid'> | undefined =>
  asShape(frames?.newest(CONNECTIONS), 'image_grid');

export function picturesOf(frame: FrameOf<'image_grid'> | undefined, column: Column): ImageGridItem | undefined {
  return lastOf(frame?.items ?? [], column.nodes);
}

export function distributionOf(frames: FrameStore | undefined, column: Column): HistogramItem | undefined {
  return lastOf(asShape(frames?.newest(ACTIVATIONS), 'histogram')?.items ?? [], column.nodes);
}

/** The values [height × width] of one unit, highest y first; undefined where it was not measured. */
export function pictureOf(item: ImageGridItem, unit: number): ArrayLike<number> | undefined {
  const [num = 0, , height = 1, width = 1] = item.images.shape;
  const area = height * width;
  return unit < num ? item.images.data.subarray(unit * area, (unit + 1) * area) : undefined;
}

/** The features that the network of a run reads, which may lag behind those that are switched on. */
export function featuresIn(record: RunRecord | null): readonly Feature[] {
  return record?.view ? featuresOf(record.view.spec.graph) : [];
}

/** Place among all features, which each have a tile, of a unit of the input. */
export const slotOf = (feature: Feature): number => FEATURES.indexOf(feature);

/** Place of the unit that a tile shows; −1 for a feature that the network does not read. */
export function unitOf(tile: Pick<Tile, 'column' | 'unit'>, features: readonly Feature[]): number {
  return tile.column === 0 ? features.indexOf(FEATURES[tile.unit] as Feature) : tile.unit;
}

/** All weights between tiles that stand on the page. */
export function linksOf(
  frame: FrameOf<'image_grid'> | undefined,
  stack: Stack,
  columns: readonly PlacedColumn[],
  features: readonly Feature[],
): Link[] {
  return stack.flatMap(({ node }, at) => {
    const item = frame?.items.find((one) => one.node === node && one.parameter === 'weight');
    const [, , rows = 0, width = 0] = item?.images.shape ?? [];
    const [before, here] = [columns[at - 1], columns[at]];
    if (!item || !before || !here) return [];
    return here.tiles.slice(0, rows).flatMap((to) =>
      before.tiles.flatMap((from): Link[] => {
        const unit = unitOf(from, features);
        if (unit < 0 || unit >= width) return [];
        const weight = item.images.data[to.unit * width + unit] as number;
        return [{ from, to, node, index: [to.unit, unit], weight }];
      }),
    );
  });
}

export function biasOf(frame: FrameOf<'image_grid'> | undefined, column: Column, unit: number): number | undefined {
  const item = frame?.items.find((one) => one.node === column.node && one.parameter === 'bias');
  return item?.images.data[unit];
}
