/** Which panels are on the screen, in which order and with which choices. Plain data: it travels in the link. */
import type { CheckResult } from '../generated/schemas';
import type { Options } from './drawing';

export interface Place {
  readonly id: string;
  /** Rows and columns that it takes; 1 by 1 when left out. */
  readonly rows?: number;
  readonly columns?: number;
  readonly options?: Options;
}

export interface Arrangement {
  /** The kind of data that it was made for; for other data the page opens with the panels that suit those. */
  readonly data?: string;
  readonly places: readonly Place[];
  /** The panel that fills the grid; null for none. */
  readonly maximised: string | null;
}

const at = (...ids: string[]): Place[] => ids.map((id) => ({ id }));

/** What the page opens with, by the kind of data. */
export function defaultArrangement(check: CheckResult | null): Arrangement {
  const data = check?.data;
  const second = data?.task === 'regression' ? 'error' : 'accuracy';
  const isPlane = data?.input_kind === 'points' && data.input_shape[0] === 2;
  const kind = isPlane ? 'plane' : (data?.input_kind ?? '');
  return {
    ...(data ? { data: `${kind} ${data.task}` } : {}),
    places: isPlane ? plane(second) : panels(check, second),
    maximised: null,
  };
}

function plane(second: string): Place[] {
  return [{ id: 'decision_surface', rows: 2 }, ...at('loss', second), { id: 'activations', columns: 2 }];
}

function panels(check: CheckResult | null, second: string): Place[] {
  const kinds = check?.nodes.map((node) => node.kind) ?? [];
  const hasNorm = kinds.length === 0 || kinds.some((kind) => /norm/.test(kind));
  const isImage = check?.data?.input_kind === undefined || check.data.input_kind === 'image';
  const hasClasses = check?.data?.task !== 'regression';
  const middle = isImage || hasNorm ? 'norm_statistics' : 'weights';
  const last = hasClasses ? at('confusion') : at('weight_gradients');
  return isImage
    ? [...at('loss', second, 'activations', middle, 'filters'), ...last]
    : [...at('loss', second), { id: 'activations', columns: 2 }, ...at(middle), ...last];
}

/** The arrangement that was chosen where it is one and was made for such data, else the standard one. */
export function fitting(chosen: unknown, standard: Arrangement): Arrangement {
  const given = readArrangement(chosen);
  if (!given) return standard;
  return !given.data || !standard.data || given.data === standard.data ? given : standard;
}

export const close = (arrangement: Arrangement, id: string): Arrangement => ({
  ...arrangement,
  places: arrangement.places.filter((place) => place.id !== id),
  maximised: arrangement.maximised === id ? null : arrangement.maximised,
});

export function add(arrangement: Arrangement, id: string): Arrangement {
  if (arrangement.places.some((place) => place.id === id)) return arrangement;
  return { ...arrangement, places: [...arrangement.places, { id }], maximised: null };
}

/** Moves a panel to the place of another one; those between make room. */
export function move(arrangement: Arrangement, id: string, to: number): Arrangement {
  const from = arrangement.places.findIndex((place) => place.id === id);
  const place = arrangement.places[from];
  if (!place || to < 0 || to >= arrangement.places.length || to === from) return arrangement;
  const places = arrangement.places.filter((one) => one.id !== id);
  places.splice(to, 0, place);
  return { ...arrangement, places };
}

/** The most rows and columns that a panel takes. */
export const LARGEST = 3;

const held = (size: number): number => Math.min(LARGEST, Math.max(1, Math.round(size)));

/** Gives a panel another size in rows and columns of the grid. */
export function resize(arrangement: Arrangement, id: string, rows: number, columns: number): Arrangement {
  const places = arrangement.places.map((place) =>
    place.id === id ? { ...place, rows: held(rows), columns: held(columns) } : place,
  );
  return { ...arrangement, places };
}

export const maximise = (arrangement: Arrangement, id: string | null): Arrangement => ({
  ...arrangement,
  maximised: id,
});

export function choose(arrangement: Arrangement, id: string, name: string, value: string): Arrangement {
  const places = arrangement.places.map((place) =>
    place.id === id ? { ...place, options: { ...place.options, [name]: value } } : place,
  );
  return { ...arrangement, places };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSpan = (value: unknown): boolean => value === undefined || value === 1 || value === 2 || value === 3;

function isPlace(value: unknown): value is Place {
  if (!isRecord(value) || typeof value.id !== 'string' || !isSpan(value.rows) || !isSpan(value.columns)) return false;
  const { options } = value;
  return options === undefined || (isRecord(options) && Object.values(options).every((one) => typeof one === 'string'));
}

/** An arrangement from a link, which anyone may have written; null for what is not one. */
export function readArrangement(value: unknown): Arrangement | null {
  if (!isRecord(value) || !Array.isArray(value.places) || !value.places.every(isPlace)) return null;
  const ids = new Set(value.places.map((place) => place.id));
  if (ids.size !== value.places.length) return null;
  return {
    ...(typeof value.data === 'string' ? { data: value.data } : {}),
    places: value.places,
    maximised: typeof value.maximised === 'string' ? value.maximised : null,
  };
}
