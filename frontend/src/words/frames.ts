/** Frames as the page holds them: the generated types with every array decoded. */
import type * as schemas from '../generated/schemas';

export interface NdArray {
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** A type of the wire with every array decoded. */
type Decoded<T> = {
  [Key in keyof T]: schemas.PackedArray extends T[Key] ? NdArray | Extract<T[Key], null> : T[Key];
};

export type HistogramItem = Decoded<schemas.HistogramItem>;
export type ImageGridItem = Decoded<schemas.ImageGridItem>;
export type ChannelsItem = Decoded<schemas.ChannelsItem>;
export type MatrixItem = Decoded<schemas.MatrixItem>;
export type SurfaceItem = Decoded<schemas.SurfaceItem>;

interface ItemsOf {
  histogram: HistogramItem;
  image_grid: ImageGridItem;
  channels: ChannelsItem;
  matrix: MatrixItem;
  surface: SurfaceItem;
}

/** A frame whose `data_shape` tells what its items are. */
export type FrameOf<Shape extends schemas.DataShape> = Omit<schemas.Frame, 'data_shape' | 'items'> & {
  readonly data_shape: Shape;
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
