/** What the page of the user's own data shows: files on their way, the one that is looked at, points not in use yet. */
import { createStore } from 'zustand/vanilla';

/** A file on its way to the server. */
export interface Transfer {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** Bytes that are out. */
  readonly sent: number;
  /** The server reads and checks it once it is there. */
  readonly state: 'sending' | 'reading' | 'failed';
  /** Why it was not taken, and what can be done. */
  readonly problem: { readonly message: string; readonly hint: string } | null;
}

/** A point of the plane with its class, counted from 0. */
export type PaintedPoint = readonly [x: number, y: number, number: number];

export interface OwnData {
  readonly transfers: readonly Transfer[];
  /** What is open: the id of an upload, `painted`, or null for what is in use. */
  readonly shown: string | null;
  /** Points painted while another set is trained on; null before the first stroke. */
  readonly painting: readonly PaintedPoint[] | null;
}

export const createOwnData = () => createStore<OwnData>()(() => ({ transfers: [], shown: null, painting: null }));

export type OwnDataStore = ReturnType<typeof createOwnData>;
