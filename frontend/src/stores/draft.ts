/** The experiment as it is on the page, with undo and redo of every edit. */
import { temporal } from 'zundo';
import { createStore } from 'zustand/vanilla';
import type { RunSpec } from '../generated/schemas';

export interface Draft {
  readonly spec: RunSpec | null;
  /** Puts a spec in the place of what is there, as one edit that can be undone. */
  set(spec: RunSpec): void;
  /** Changes the spec, as one edit that can be undone. */
  edit(change: (spec: RunSpec) => RunSpec): void;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export const createDraft = () =>
  createStore<Draft>()(
    temporal(
      (set, get) => ({
        spec: null,
        set: (spec) => set({ spec }),
        edit: (change) => {
          const spec = get().spec;
          if (spec) set({ spec: change(spec) });
        },
      }),
      {
        limit: 200,
        partialize: (draft) => ({ spec: draft.spec }),
        equality: (past, present) => same(past.spec, present.spec),
      },
    ),
  );

export type DraftStore = ReturnType<typeof createDraft>;
