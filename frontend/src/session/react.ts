/** The session and the stores, as components read them. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { RunSpec } from '../generated/schemas';
import type { Showing, Shown } from '../stores/augmented';
import type { DataFiles } from '../stores/datasets';
import type { DraftStore } from '../stores/draft';
import type { Lessons } from '../stores/lesson';
import type { OwnData } from '../stores/own';
import type { Page, PageStore } from '../stores/page';
import type { Preferences, PreferencesStore } from '../stores/preferences';
import type { RunRecord } from '../stores/record';
import type { Session } from './session';

export interface Workplace {
  readonly session: Session;
  readonly page: PageStore;
  readonly draft: DraftStore;
  readonly preferences: PreferencesStore;
}

export const WorkplaceContext = createContext<Workplace | null>(null);

export function useWorkplace(): Workplace {
  const workplace = useContext(WorkplaceContext);
  if (!workplace) throw new Error('A component stands outside of the page.');
  return workplace;
}

export const useSession = (): Session => useWorkplace().session;

export function usePage<Part>(select: (page: Page) => Part): Part {
  return useStore(useWorkplace().page, select);
}

/** Files of data on the server. */
export function useDataFiles<Part>(select: (files: DataFiles) => Part): Part {
  return useStore(useSession().datasets.store, select);
}

/** The user's own data, as far as the page holds them. */
export function useOwnData<Part>(select: (own: OwnData) => Part): Part {
  return useStore(useSession().uploading.store, select);
}

/** The lesson that is open, and all there are. */
export function useLesson<Part>(select: (lessons: Lessons) => Part): Part {
  return useStore(useSession().lessons.store, select);
}

export function usePreferences<Part>(select: (preferences: Preferences) => Part): Part {
  return useStore(useWorkplace().preferences, select);
}

/** Pictures of samples under augmentations. */
export const useAugmented = (showing: Showing): Shown => useStore(useSession().augmenting.store, (all) => all[showing]);

/** The experiment as it is on the page; components below the frame stand only where there is one. */
export function useSpec(): RunSpec {
  const spec = useStore(useWorkplace().draft, (draft) => draft.spec);
  if (!spec) throw new Error('There is no experiment yet.');
  return spec;
}

/** One part of the experiment: an edit of another part does not concern who reads this one. */
export function useSpecPart<Part extends keyof RunSpec>(part: Part): RunSpec[Part] {
  const value = useStore(useWorkplace().draft, (draft) => draft.spec?.[part]);
  if (value === undefined) throw new Error('There is no experiment yet.');
  return value as RunSpec[Part];
}

export const useHasSpec = (): boolean => useStore(useWorkplace().draft, (draft) => draft.spec !== null);

/** Whether there are edits to undo and to redo. */
export function useHistory(): { readonly canUndo: boolean; readonly canRedo: boolean } {
  const { temporal } = useWorkplace().draft;
  const canUndo = useStore(temporal, (history) => history.pastStates.length > 0);
  const canRedo = useStore(temporal, (history) => history.futureStates.length > 0);
  return { canUndo, canRedo };
}

const silent = () => () => {};

/** Something of a run that changes seldom. `select` gives a plain value or what the record itself holds. */
export function useRecord<Part>(record: RunRecord | null, select: (record: RunRecord | null) => Part): Part {
  return useSyncExternalStore(record?.subscribe ?? silent, () => select(record));
}
