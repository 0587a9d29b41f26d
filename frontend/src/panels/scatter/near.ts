/** Which point is under the pointer. */
import type { ScatterItem } from '../../words/frames';
import { marginsOf, type ScatterScene } from './figure';

/** Further than so many pixels from every point the pointer is at none. */
const REACH = 18;

export interface Found {
  readonly index: number;
  /** Pixels of the chart. */
  readonly x: number;
  readonly y: number;
}

/** Where a point lies on the chart, pixels from its upper left corner. */
export function placeOf(scene: ScatterScene, item: ScatterItem, index: number): { x: number; y: number } {
  const margins = marginsOf(scene);
  const { x, y } = scene.plane;
  const [width, height] = [scene.width - margins.l - margins.r, scene.height - margins.t - margins.b];
  return {
    x: margins.l + (width * ((item.x.data[index] as number) - x[0])) / (x[1] - x[0]),
    y: margins.t + (height * (y[1] - (item.y.data[index] as number))) / (y[1] - y[0]),
  };
}

/** The nearest point within reach; of two that lie on each other the later one, which is drawn on top. */
export function nearest(scene: ScatterScene, at: { x: number; y: number }): Found | null {
  const { item } = scene;
  let found: Found | null = null;
  let least = REACH ** 2;
  for (let index = 0; index < item.x.data.length; index += 1) {
    const { x, y } = placeOf(scene, item, index);
    const distance = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (distance <= least) {
      least = distance;
      found = { index, x, y };
    }
  }
  return found;
}
