/** Fields of a kind, read from the JSON Schema in the catalogue: what a form needs and nothing more. */
import type { Kind } from '../generated/schemas';
import type { Limits } from './stepping';

export type FieldForm =
  | { readonly kind: 'number'; readonly limits: Limits }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'switch' }
  /** Some numbers of one sort, such as the two betas of Adam. */
  | { readonly kind: 'numbers'; readonly count: number; readonly limits: Limits }
  /** Some of several words, such as the features of a point. */
  | { readonly kind: 'choices'; readonly options: readonly string[] }
  /** Many entries, such as painted points: no field of a form holds them. */
  | { readonly kind: 'list' }
  | { readonly kind: 'text' }
  /** One of some names, or none: then something else decides. */
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly emptyWord: string };

export interface Field {
  readonly name: string;
  readonly help: string;
  readonly initial: unknown;
  /** True where it may change while a run trains. */
  readonly isLive: boolean;
  /** True where null is allowed: the field may be left empty. */
  readonly isOptional: boolean;
  readonly form: FieldForm;
}

type Schema = Record<string, unknown>;

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const first = (...values: (number | null)[]): number | null => values.find((value) => value !== null) ?? null;

function limitsOf(schema: Schema): Limits {
  // Pydantic writes limits of wrapped types as ge, le … beside the JSON Schema words.
  const openLow = first(numberOf(schema.exclusiveMinimum), numberOf(schema.gt));
  const openHigh = first(numberOf(schema.exclusiveMaximum), numberOf(schema.lt));
  const lows = [numberOf(schema.minimum), numberOf(schema.ge)].filter((value) => value !== null);
  const highs = [numberOf(schema.maximum), numberOf(schema.le)].filter((value) => value !== null);
  return {
    isWhole: schema.type === 'integer',
    low: openLow ?? (lows.length > 0 ? Math.max(...lows) : null),
    high: openHigh ?? (highs.length > 0 ? Math.min(...highs) : null),
    isLowOpen: openLow !== null,
    isHighOpen: openHigh !== null,
  };
}

function formOf(schema: Schema): FieldForm {
  if (schema.const !== undefined) return { kind: 'choice', options: [String(schema.const)] };
  if (Array.isArray(schema.enum)) return { kind: 'choice', options: schema.enum.map(String) };
  if (schema.type === 'boolean') return { kind: 'switch' };
  if (schema.type === 'number' || schema.type === 'integer') return { kind: 'number', limits: limitsOf(schema) };
  // A fixed number of entries is written as one schema for each.
  const items = (schema.items ?? (schema.prefixItems as Schema[] | undefined)?.[0]) as Schema | undefined;
  if (schema.type === 'array' && Array.isArray(items?.enum))
    return { kind: 'choices', options: items.enum.map(String) };
  const isNumber = items?.type === 'number' || items?.type === 'integer';
  if (schema.type === 'array' && isNumber && typeof schema.maxItems === 'number') {
    return { kind: 'numbers', count: schema.maxItems, limits: limitsOf(items) };
  }
  if (schema.type === 'array' || schema.type === 'object') return { kind: 'list' };
  return { kind: 'text' };
}

function fieldOf(name: string, schema: Schema): Field {
  const options = (schema.anyOf as Schema[] | undefined) ?? [schema];
  const real = options.filter((option) => option.type !== 'null');
  return {
    name,
    help: String(schema.description ?? ''),
    initial: schema.default ?? null,
    isLive: schema['x-live'] === true,
    isOptional: options.length > real.length,
    // Of several forms (one number or two) the simplest stands first.
    form: formOf(real[0] ?? {}),
  };
}

export function fieldsOf(kind: Kind | undefined): Field[] {
  const properties = (kind?.fields.properties ?? {}) as Record<string, Schema>;
  return Object.entries(properties).map(([name, schema]) => fieldOf(name, schema));
}

/** Names of the fields of all kinds. */
export const fieldNames = (kinds: readonly Kind[]): ReadonlySet<string> =>
  new Set(kinds.flatMap(({ fields }) => Object.keys((fields.properties as Schema | undefined) ?? {})));

/** Kinds of one family, by name and by alias. */
export function findKind(kinds: readonly Kind[], family: Kind['family'], name: string): Kind | undefined {
  return kinds.find((kind) => kind.family === family && (kind.kind === name || kind.aliases.includes(name)));
}
