/** The experiment as it is on the page, and what a hand did to the run itself, with undo and redo of every edit. */
import { temporal } from 'zundo';
import { createStore } from 'zustand/vanilla';
import type { RunSpec, WeightChange } from '../generated/schemas';

/** A weight of a run that was set by hand, and what it was. */
export interface SetWeight {
  readonly run: string;
  readonly weight: Omit<WeightChange, 'value'>;
  readonly before: number;
  readonly after: number;
}

export interface Draft {
  readonly spec: RunSpec | null;
  /** Weights that were set by hand, in their order: they belong to a run, and their undoing to the page. */
  readonly weights: readonly SetWeight[];
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
        weights: [],
        set: (spec) => set({ spec }),
        edit: (change) => {
          const spec = get().spec;
          if (spec) set({ spec: change(spec) });
        },
      }),
      {
        limit: 200,
        partialize: ({ spec, weights }) => ({ spec, weights }),
        equality: (past, present) => past.weights === present.weights && same(past.spec, present.spec),
      },
    ),
  );

export type DraftStore = ReturnType<typeof createDraft>;
