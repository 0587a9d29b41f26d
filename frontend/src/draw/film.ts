/** The frame that clips show. All of the page play together, so that a map stands beside the frame that it is of. */
import type { NdArray } from '../words/frames';

const EVERY_MS = 140;
/** A clip rests so long on its last frame before it begins again, in frames. */
const REST = 3;

const prefersStill = (): boolean => globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

/** Plays while somebody looks. For people who asked for less motion it begins only when told to. */
export class Film {
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #at = 0;
  #isPlaying: boolean;

  constructor(isPlaying = !prefersStill()) {
    this.#isPlaying = isPlaying;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** The frame that a clip of so many shows now, from 0. */
  frameOf(frames: number): number {
    return Math.min(frames - 1, this.#at % (frames + REST));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#run();
    return () => {
      this.#listeners.delete(listener);
      this.#run();
    };
  };

  toggle = (): void => {
    this.#isPlaying = !this.#isPlaying;
    this.#run();
    this.#tell();
  };

  /** Stands still at a frame. */
  show(frame: number): void {
    this.#isPlaying = false;
    this.#at = frame;
    this.#run();
    this.#tell();
  }

  #run(): void {
    const isWanted = this.#isPlaying && this.#listeners.size > 0;
    if (isWanted && this.#timer === undefined) this.#timer = setInterval(this.#next, EVERY_MS);
    if (isWanted || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #next = (): void => {
    if (globalThis.document?.hidden) return;
    this.#at += 1;
    this.#tell();
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const film = new Film();

/** Of images that are there once for each frame, [M · frames, …], those of one frame: [M, …]. */
export function imagesAt({ data, shape }: NdArray, frames: number, frame: number): NdArray {
  const [num = 0, ...rest] = shape;
  const size = rest.reduce((product, side) => product * side, 1);
  const count = Math.floor(num / frames);
  const still = new Float32Array(count * size);
  for (let image = 0; image < count; image += 1) {
    const from = (image * frames + frame) * size;
    still.set(data.subarray(from, from + size), image * size);
  }
  return { data: still, shape: [count, ...rest] };
}

/** An item as it is at the frame shown now; one without frames as it is. */
export function stillOf<Item extends { readonly images: NdArray; readonly frames?: number | null }>(item: Item): Item {
  const { frames } = item;
  return frames ? { ...item, images: imagesAt(item.images, frames, film.frameOf(frames)) } : item;
}
