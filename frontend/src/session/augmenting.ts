/** Asks what augmentations make of samples: at most one call of a sort at a time, and the newest wish wins. */
import type { AugmentBatchRequest, AugmentGalleryRequest } from '../generated/schemas';
import { type AugmentedStore, createAugmented, type Pictures, type Showing, type Shown } from '../stores/augmented';
import { decodeFrame } from '../wire/decode';
import { Refused, type Rest } from '../wire/rest';
import { asShape } from '../words/frames';
import { canonical } from './canonical';

/** A hand that drags a strength is not followed by a call at each move. */
const SETTLES_AFTER_MS = 120;

type Calls = Pick<Rest, 'augmentGallery' | 'augmentBatch'>;
type Request = Partial<AugmentGalleryRequest> | Partial<AugmentBatchRequest>;

export class AugmentErrands {
  readonly store: AugmentedStore = createAugmented();
  readonly #rest: Calls;
  readonly #asked = new Map<Showing, string>();
  readonly #timers = new Map<Showing, ReturnType<typeof setTimeout>>();

  constructor(rest: Calls) {
    this.#rest = rest;
  }

  /** One sample under every augmentation that can change such data. */
  wantGallery(request: Partial<AugmentGalleryRequest>): void {
    this.#want('gallery', request, () => this.#rest.augmentGallery(request));
  }

  /** The same under those of the list, with their strengths; an empty list asks for nothing. */
  wantList(request: Partial<AugmentGalleryRequest>): void {
    if (request.kinds && request.kinds.length > 0)
      this.#want('list', request, () => this.#rest.augmentGallery(request));
    else this.#forget('list');
  }

  /** The first batch of a run. */
  wantBatch(request: Partial<AugmentBatchRequest>): void {
    this.#want('batch', request, () => this.#rest.augmentBatch(request));
  }

  #want(showing: Showing, request: Request, ask: () => Promise<Uint8Array>): void {
    const key = canonical(request);
    if (this.#asked.get(showing) === key) return;
    this.#asked.set(showing, key);
    this.#put(showing, { isAsking: true });
    clearTimeout(this.#timers.get(showing));
    const timer = setTimeout(() => void this.#ask(showing, key, ask), SETTLES_AFTER_MS);
    this.#timers.set(showing, timer);
  }

  async #ask(showing: Showing, key: string, ask: () => Promise<Uint8Array>): Promise<void> {
    try {
      const frame = framed(await ask());
      if (this.#asked.get(showing) === key) this.#put(showing, { frame, problem: null, isAsking: false });
    } catch (error) {
      if (this.#asked.get(showing) !== key) return;
      // A refusal stands until the wish changes; anything else may be tried again.
      if (!(error instanceof Refused)) this.#asked.delete(showing);
      this.#put(showing, { problem: wordsOf(error), isAsking: false });
    }
  }

  #forget(showing: Showing): void {
    clearTimeout(this.#timers.get(showing));
    this.#asked.delete(showing);
    if (this.store.getState()[showing].frame || this.store.getState()[showing].problem)
      this.#put(showing, { frame: null, problem: null, isAsking: false });
  }

  #put(showing: Showing, shown: Partial<Shown>): void {
    this.store.setState((now) => ({ [showing]: { ...now[showing], ...shown } }));
  }
}

function framed(body: Uint8Array): Pictures {
  const frame = asShape(decodeFrame(body), 'image_grid');
  if (!frame) throw new TypeError('That is no frame of images.');
  return frame;
}

/** The first thing that is wrong, in the server's words. */
function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.words;
  return error instanceof Error ? error.message : String(error);
}
