/** A frame of pixel arithmetic, read by node: maps, parameters, rules and receptive fields. */
import type { FrameOf, ImageGridItem, NdArray } from '../../words/frames';

export type Rule = NonNullable<ImageGridItem['rule']>;

/** Ends of a rectangle of the input, both included; empty where the first is greater than the last. */
export interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Values of one node as [C, H, W]. */
export interface Maps {
  readonly data: NdArray['data'];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export class Parts {
  readonly frame: FrameOf<'image_grid'>;
  readonly #items: ReadonlyMap<string, ImageGridItem>;

  constructor(frame: FrameOf<'image_grid'>) {
    this.frame = frame;
    this.#items = new Map(frame.items.map((item) => [`${item.node} ${item.parameter ?? ''}`, item]));
  }

  item(node: string): ImageGridItem | undefined {
    return this.#items.get(`${node} `);
  }

  rule(node: string): Rule | null {
    return this.item(node)?.rule ?? null;
  }

  /** Null where they are not in the frame. */
  maps(node: string): Maps | null {
    const images = this.item(node)?.images;
    const [channels = 0, , height = 1, width = 1] = images?.shape ?? [];
    return images && channels > 0 ? { data: images.data, channels, height, width } : null;
  }

  /** A parameter [out, in, height, width]; null where the node has none, or it is not in the frame. */
  parameter(node: string, name: string): NdArray | null {
    return this.#items.get(`${node} ${name}`)?.images ?? null;
  }

  /** What a pixel sees of the input; null where the layer mixes all places, or nothing is known. */
  seen(node: string, row: number, column: number): Rectangle | null {
    const field = this.item(node)?.field;
    const [top, bottom] = [field?.rows.data[2 * row], field?.rows.data[2 * row + 1]];
    const [left, right] = [field?.columns.data[2 * column], field?.columns.data[2 * column + 1]];
    if (top === undefined || bottom === undefined || left === undefined || right === undefined) return null;
    return { top, bottom, left, right };
  }
}
