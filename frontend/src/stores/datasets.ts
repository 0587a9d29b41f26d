/** Files of data on the server, as far as the page knows: the user's own, and the originals of well-known sets. */
import { createStore } from 'zustand/vanilla';
import type { Original, Upload } from '../generated/schemas';

export interface DataFiles {
  /** Null until the server has told them. */
  readonly uploads: readonly Upload[] | null;
  readonly originals: readonly Original[];
  /** False where this server takes no files. */
  readonly canUpload: boolean;
  /** Why they could not be listed. */
  readonly problem: string | null;
  /** Uploads that are put away and can still be had back: the server is told a little later. */
  readonly putAway: readonly string[];
}

export const createDataFiles = () =>
  createStore<DataFiles>()(() => ({ uploads: null, originals: [], canUpload: true, problem: null, putAway: [] }));

export type DataFilesStore = ReturnType<typeof createDataFiles>;

/** The uploads that are shown. */
export const shownUploads = ({ uploads, putAway }: Pick<DataFiles, 'uploads' | 'putAway'>): readonly Upload[] =>
  (uploads ?? []).filter(({ id }) => !putAway.includes(id));
