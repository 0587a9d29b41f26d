/** Frames as the page holds them: the generated types with every array decoded. */
import type * as schemas from '../generated/schemas';

export interface NdArray {
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** A type of the wire with every array decoded, however deep it is. */
type Decoded<T> = schemas.PackedArray extends T
  ? NdArray | Extract<T, null>
  : T extends readonly (infer One)[]
    ? readonly Decoded<One>[]
    : T extends object
      ? { readonly [Key in keyof T]: Decoded<T[Key]> }
      : T;

export type HistogramItem = Decoded<schemas.HistogramItem>;
export type ImageGridItem = Decoded<schemas.ImageGridItem>;
export type ChannelsItem = Decoded<schemas.ChannelsItem>;
export type MatrixItem = Decoded<schemas.MatrixItem>;
export type SurfaceItem = Decoded<schemas.SurfaceItem>;
export type LinesItem = Decoded<schemas.LinesItem>;
export type HeatmapItem = Decoded<schemas.HeatmapItem>;
export type ScatterItem = Decoded<schemas.ScatterItem>;
export type ExamplesItem = Decoded<schemas.ExamplesItem>;
export type TextItem = Decoded<schemas.TextItem>;
export type LandscapeItem = Decoded<schemas.LandscapeItem>;
export type StepItem = Decoded<schemas.StepItem>;
export type SamplesItem = Decoded<schemas.SamplesItem>;

interface ItemsOf {
  histogram: HistogramItem;
  image_grid: ImageGridItem;
  channels: ChannelsItem;
  matrix: MatrixItem;
  surface: SurfaceItem;
  lines: LinesItem;
  heatmap: HeatmapItem;
  scatter: ScatterItem;
  examples: ExamplesItem;
  text: TextItem;
  landscape: LandscapeItem;
  step: StepItem;
  samples: SamplesItem;
}

/** A frame whose `data_shape` tells what its items are. */
export type FrameOf<Shape extends schemas.DataShape> = Omit<
  schemas.Frame,
  'data_shape' | 'items' | 'params' | 'lack'
> & {
  readonly data_shape: Shape;
  /** Of an analysis: the fields that made it. */
  readonly params?: schemas.Frame['params'];
  /** Where there are no items: why. */
  readonly lack?: string | null;
  readonly items: readonly ItemsOf[Shape][];
};
export type DecodedFrame = { [Shape in schemas.DataShape]: FrameOf<Shape> }[schemas.DataShape];

/** The frame where it has this shape of data. */
export function asShape<Shape extends schemas.DataShape>(
  frame: DecodedFrame | undefined,
  shape: Shape,
): FrameOf<Shape> | undefined {
  return frame?.data_shape === shape ? (frame as unknown as FrameOf<Shape>) : undefined;
}
