/** JSON Schema of a kind's fields, read into what a form needs. */
import type { NumberRule } from './number';

type Schema = Record<string, unknown>;

export type FieldShape =
  | { readonly type: 'number'; readonly rule: NumberRule; readonly isNullable: boolean }
  | { readonly type: 'boolean' }
  | { readonly type: 'choice'; readonly choices: readonly string[]; readonly isNullable: boolean }
  | { readonly type: 'numbers'; readonly rule: NumberRule; readonly length: number }
  | { readonly type: 'other' };

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly unit: string | null;
  readonly default: unknown;
  readonly isLive: boolean;
  readonly shape: FieldShape;
}

interface Look {
  readonly label?: string;
  readonly unit?: string;
  readonly scale?: 'log';
  readonly usual?: readonly [number, number];
  readonly step?: number;
}

/** How well-known fields are shown; any other goes by its own name and its limits. */
const LOOKS: Record<string, Look> = {
  lr: { label: 'Rate', unit: 'log', scale: 'log', usual: [1e-4, 1] },
  weight_decay: { label: 'Decay', unit: 'log', scale: 'log', usual: [1e-6, 1] },
  l1: { label: 'L1', unit: 'log', scale: 'log', usual: [1e-6, 0.1] },
  l2: { label: 'L2', unit: 'log', scale: 'log', usual: [1e-6, 0.1] },
  eps: { label: 'Epsilon', unit: 'log', scale: 'log', usual: [1e-10, 1e-3] },
  lr_decay: { label: 'Rate decay', unit: 'log', scale: 'log', usual: [1e-6, 0.1] },
  clip_grad_norm: { label: 'Clip norm', unit: 'log', scale: 'log', usual: [0.01, 100] },
  std: { label: 'Std', unit: 'log', scale: 'log', usual: [1e-4, 10] },
  samples: { label: 'Samples', usual: [100, 2000], step: 50 },
  noise: { label: 'Noise', usual: [0, 0.5], step: 0.05 },
  length: { label: 'Length', usual: [2, 32], step: 1 },
  gain: { label: 'Gain', usual: [0, 3], step: 0.1 },
  alpha: { label: 'Alpha', usual: [0, 1], step: 0.01 },
  initial_accumulator_value: { label: 'First sum' },
};

const words = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

function resolve(schema: Schema, definitions: Record<string, Schema>): Schema {
  const reference = schema.$ref;
  if (typeof reference !== 'string') return schema;
  return { ...definitions[reference.split('/').at(-1) ?? ''], ...schema };
}

function numberRule(name: string, schema: Schema): NumberRule {
  const look = LOOKS[name] ?? {};
  const isInteger = schema.type === 'integer';
  const limit = (inclusive: string, exclusive: string): readonly [number | null, boolean] =>
    typeof schema[exclusive] === 'number'
      ? [schema[exclusive], true]
      : [typeof schema[inclusive] === 'number' ? (schema[inclusive] as number) : null, false];
  const [min, isAboveMin] = limit('minimum', 'exclusiveMinimum');
  const [max, isBelowMax] = limit('maximum', 'exclusiveMaximum');
  const usual = look.usual ?? [min ?? 0, max !== null && max <= 1e4 ? max : isInteger ? 64 : 1];
  const step = look.step ?? (isInteger ? 1 : 0.05);
  return { isInteger, scale: look.scale ?? 'linear', step, min, max, isAboveMin, isBelowMax, usual };
}

function shapeOf(name: string, schema: Schema, definitions: Record<string, Schema>): FieldShape {
  const options = ((schema.anyOf as Schema[] | undefined) ?? [schema]).map((one) => resolve(one, definitions));
  const isNullable = options.some((one) => one.type === 'null');
  const real = options.filter((one) => one.type !== 'null');
  const only = real[0];
  if (!only || real.length > 1) return { type: 'other' };
  if (Array.isArray(only.enum)) return { type: 'choice', choices: only.enum.map(String), isNullable };
  if (typeof only.const === 'string') return { type: 'choice', choices: [only.const], isNullable };
  if (only.type === 'boolean') return { type: 'boolean' };
  if (only.type === 'number' || only.type === 'integer') {
    return { type: 'number', rule: numberRule(name, only), isNullable };
  }
  const items = only.items as Schema | undefined;
  if (only.type === 'array' && items && typeof only.maxItems === 'number' && only.minItems === only.maxItems) {
    const item = resolve(items, definitions);
    if (item.type === 'number') return { type: 'numbers', rule: numberRule(name, item), length: only.maxItems };
  }
  return { type: 'other' };
}

/** The fields of a kind, in the order of their declaration. */
export function fieldsOf(schema: Schema): Field[] {
  const definitions = (schema.$defs as Record<string, Schema> | undefined) ?? {};
  const properties = (schema.properties as Record<string, Schema> | undefined) ?? {};
  return Object.entries(properties).map(([name, raw]) => {
    const field = resolve(raw, definitions);
    return {
      name,
      label: LOOKS[name]?.label ?? words(name),
      help: typeof field.description === 'string' ? field.description : '',
      unit: LOOKS[name]?.unit ?? null,
      default: field.default,
      isLive: field['x-live'] === true,
      shape: shapeOf(name, field, definitions),
    };
  });
}

/** Values of all fields as they are without any being set. */
export function defaultsOf(schema: Schema): Record<string, unknown> {
  return Object.fromEntries(
    fieldsOf(schema)
      .filter((field) => field.default !== undefined)
      .map((field) => [field.name, field.default]),
  );
}
