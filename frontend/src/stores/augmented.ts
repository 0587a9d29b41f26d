/** Pictures of samples under augmentations, as the server made them; none of them belongs to a run. */
import { createStore } from 'zustand/vanilla';
import type { FrameOf } from '../words/frames';

export type Pictures = FrameOf<'image_grid'>;

/** What is shown: one sample under every kind, the same under those of the list, and the first batch. */
export type Showing = 'gallery' | 'list' | 'batch';

export interface Shown {
  readonly frame: Pictures | null;
  /** Why there is none, or why what is there is of before. */
  readonly problem: string | null;
  readonly isAsking: boolean;
}

export type Augmented = Readonly<Record<Showing, Shown>>;

const NOTHING: Shown = { frame: null, problem: null, isAsking: false };

export const createAugmented = () =>
  createStore<Augmented>()(() => ({ gallery: NOTHING, list: NOTHING, batch: NOTHING }));

export type AugmentedStore = ReturnType<typeof createAugmented>;
