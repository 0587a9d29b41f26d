/** What a person chose about the page itself. It stays with the browser, not with an experiment. */
import { createStore } from 'zustand/vanilla';

export type ThemeChoice = 'light' | 'dark' | 'system';

export interface Preferences {
  readonly theme: ThemeChoice;
  /** Widths of the first two columns in pixels; null where they follow the screen. */
  readonly railWidth: number | null;
  readonly networkWidth: number | null;
  /** False switches the keys off that are a single letter. */
  readonly singleKeys: boolean;
  readonly showsMore: boolean;
  /** Rows of the settings whose further fields are shown, by their label. */
  readonly openRows: readonly string[];
  /** How the panels are arranged, as the panels wrote it. */
  readonly arrangement: unknown;
  /** The same for those beside the network of points. */
  readonly pointsArrangement: unknown;
  /** True where a network over 2-D data is drawn as units in columns, false for cards. */
  readonly showsPoints: boolean;
  /** Diagnoses that were put away, by run. */
  readonly dismissed: readonly string[];
}

const DEFAULTS: Preferences = {
  theme: 'system',
  railWidth: null,
  networkWidth: null,
  singleKeys: true,
  showsMore: false,
  openRows: [],
  arrangement: null,
  pointsArrangement: null,
  showsPoints: true,
  dismissed: [],
};

/** The part of `Storage` that is used, so that a test or a browser without one can stand in. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'layerlab.preferences';

function stored(shelf: Shelf | null): Partial<Preferences> {
  try {
    const value: unknown = JSON.parse(shelf?.getItem(KEY) ?? '{}');
    return value !== null && typeof value === 'object' ? (value as Partial<Preferences>) : {};
  } catch {
    return {};
  }
}

export function createPreferences(shelf: Shelf | null) {
  const store = createStore<Preferences>()(() => ({ ...DEFAULTS, ...stored(shelf) }));
  store.subscribe((preferences) => {
    try {
      shelf?.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // A full or forbidden storage loses a preference and nothing else.
    }
  });
  return store;
}

export type PreferencesStore = ReturnType<typeof createPreferences>;
