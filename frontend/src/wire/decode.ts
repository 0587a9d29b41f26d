/** Message pack of the stream into frames with typed arrays. */
import { decode } from '@msgpack/msgpack';
import type { FrameMessage, PackedArray } from '../generated/schemas';
import type { DecodedFrame, NdArray } from '../words/frames';

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const;

const isPacked = (value: object): value is Omit<PackedArray, 'data'> & { data: Uint8Array } =>
  'dtype' in value && 'shape' in value && 'data' in value;

function unpackArray(packed: { dtype: string; shape: number[]; data: Uint8Array }): NdArray {
  const Type = ARRAYS[packed.dtype as keyof typeof ARRAYS];
  if (!Type) throw new TypeError(`An array of ${packed.dtype} cannot be read.`);
  // A typed array needs an aligned start; the bytes lie anywhere in the message, so they are copied.
  const bytes = packed.data.slice();
  return { data: new Type(bytes.buffer, 0, bytes.byteLength / Type.BYTES_PER_ELEMENT), shape: packed.shape };
}

/** A value with every array in it decoded, however deep it is. */
function unpack(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(unpack);
  if (isPacked(value)) return unpackArray(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpack(one)]));
}

/**
 * One frame from the bytes that the worker made. What a fork has from its parent names the parent, so that the run is
 * the one that was asked, where one was.
 */
export function decodeFrame(body: Uint8Array, run?: string): DecodedFrame {
  const frame = decode(body) as Record<string, unknown> & { items: unknown[] };
  const named = run === undefined ? {} : { run };
  return { ...frame, ...named, items: unpack(frame.items) } as unknown as DecodedFrame;
}

/** The header of a frame message and its still encoded body. */
export function decodeFrameMessage(data: ArrayBuffer): Omit<FrameMessage, 'body'> & { body: Uint8Array } {
  return decode(new Uint8Array(data)) as Omit<FrameMessage, 'body'> & { body: Uint8Array };
}

/** Recorded frames of a run: a message pack list of frame bodies. */
export function decodeRecorded(data: Uint8Array, run: string): DecodedFrame[] {
  return (decode(data) as Uint8Array[]).map((body) => decodeFrame(body, run));
}
