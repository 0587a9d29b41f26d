/** Edits of the spec that the rail makes, as plain functions. */
import { fieldOf } from '../data/edits';
import type { Field } from '../forms/schema';
import type { KindSpec } from '../generated/schemas';

/** The value that a field has: as written, or the default of its kind. */
export function fieldValue(spec: object, field: Field): unknown {
  const written = fieldOf(spec, field.name);
  return written === undefined ? field.initial : written;
}

/** Another kind with its own defaults, but for the fields that are to be kept. */
export function withKind(spec: KindSpec, kind: string, keep: readonly string[] = []): KindSpec {
  const kept = Object.fromEntries(keep.filter((name) => name in spec).map((name) => [name, fieldOf(spec, name)]));
  return { kind, ...kept } as KindSpec;
}

/** Number of fields that are not at the default of their kind. */
export function numChanged(spec: object, fields: readonly Field[]): number {
  const differs = (field: Field): boolean => JSON.stringify(fieldValue(spec, field)) !== JSON.stringify(field.initial);
  return fields.filter(differs).length;
}
