/** Files of data on the server, as far as the page knows: the user's own, and the originals of well-known sets. */
import { createStore } from 'zustand/vanilla';
import type { Original, Upload } from '../generated/schemas';

export interface DataFiles {
  /** Null until the server has told them. */
  readonly uploads: readonly Upload[] | null;
  readonly originals: readonly Original[];
  /** False where this server takes no files. */
  readonly canUpload: boolean;
  /** Bytes of the largest file that is taken, by the end of its name; empty until the server has told. */
  readonly limits: Readonly<Record<string, number>>;
  /** Why they could not be listed. */
  readonly problem: string | null;
  /** Uploads that are put away and can still be had back: the server is told a little later. */
  readonly putAway: readonly string[];
}

export const createDataFiles = () =>
  createStore<DataFiles>()(() => ({
    uploads: null,
    originals: [],
    canUpload: true,
    limits: {},
    problem: null,
    putAway: [],
  }));

export type DataFilesStore = ReturnType<typeof createDataFiles>;

type Listed = Pick<DataFiles, 'uploads' | 'putAway'>;

/** The file that an upload is a reading of. */
export const fileOf = ({ id, file }: Pick<Upload, 'id' | 'file'>): string => file ?? id;

/** All readings that are there. */
export const allUploads = ({ uploads, putAway }: Listed): readonly Upload[] =>
  (uploads ?? []).filter(({ id }) => !putAway.includes(id));

/** One upload for each file: of several readings the first of those that are preferred, else the newest. */
export function shownUploads(listed: Listed, preferred: readonly unknown[] = []): readonly Upload[] {
  const all = allUploads(listed);
  const chosen = preferred.flatMap((id) => all.filter((one) => one.id === id));
  const first = (file: string): Upload | undefined => [...chosen, ...all].find((one) => fileOf(one) === file);
  return all
    .filter((one, at) => all.findIndex((other) => fileOf(other) === fileOf(one)) === at)
    .map((one) => first(fileOf(one)) ?? one);
}
