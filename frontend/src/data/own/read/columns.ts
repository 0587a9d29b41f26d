/** Which columns of a table are told, and by which, as fields of its dataset. */
import type { Column, Upload } from '../../../generated/schemas';

type Fields = Readonly<Record<string, unknown>>;

export interface Roles {
  readonly target: string | null;
  readonly features: readonly string[];
}

/** Free text is neither a number nor a category. */
export const canBeUsed = ({ type }: Column): boolean => type !== 'text';

/** The chosen columns; where nothing is chosen, all that can be used tell the target. */
export function rolesOf(columns: readonly Column[], params: Fields): Roles {
  const target = typeof params.target === 'string' ? params.target : null;
  const named = Array.isArray(params.features) ? params.features.map(String) : null;
  const usable = columns.filter((column) => canBeUsed(column) && column.name !== target).map(({ name }) => name);
  return { target, features: named ?? usable };
}

/** Another target; the one before tells it now, in the order of the table. */
export function withTarget(columns: readonly Column[], roles: Roles, target: string): Roles {
  const isFeature = (name: string): boolean =>
    name !== target && (roles.features.includes(name) || name === roles.target);
  return { target, features: inOrder(columns, isFeature) };
}

/** A column switched on or off; one stays. */
export function toggled(columns: readonly Column[], { target, features }: Roles, name: string): Roles {
  const isFeature = (one: string): boolean => (one === name ? !features.includes(one) : features.includes(one));
  const next = inOrder(columns, isFeature);
  return { target, features: next.length > 0 ? next : features };
}

const inOrder = (columns: readonly Column[], isIn: (name: string) => boolean): string[] =>
  columns.map(({ name }) => name).filter(isIn);

/** How many numbers the network reads: one of a number, one for each category. */
export const numInputs = (columns: readonly Column[], { features }: Roles): number =>
  columns
    .filter(({ name }) => features.includes(name))
    .reduce((sum, { type, num_categories }) => sum + (type === 'category' ? num_categories : 1), 0);

/** Fields for another reading of the same table: what was chosen stays as far as its columns are still there. */
export function keptFields(made: Pick<Upload, 'columns' | 'params'>, before: Fields): Fields {
  const usable = new Set(made.columns.filter(canBeUsed).map(({ name }) => name));
  const target = usable.has(String(before.target)) ? before.target : made.params.target;
  const named = Array.isArray(before.features) ? before.features.map(String) : null;
  const kept = named?.filter((name) => usable.has(name) && name !== target) ?? [];
  const isWhole = kept.length > 0 && kept.length === named?.length && target === before.target;
  const { features } = isWhole ? { features: kept } : made.params;
  const others = Object.entries(before).filter(([name]) => !['upload', 'target', 'features'].includes(name));
  return { ...made.params, ...Object.fromEntries(others), target, ...(features === undefined ? {} : { features }) };
}
