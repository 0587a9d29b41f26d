/** A field of one part of the experiment. */

import { withField } from '../data/edits';
import { SchemaField } from '../forms/SchemaField';
import type { Field } from '../forms/schema';
import type { Limits } from '../forms/stepping';
import type { RunSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import { fieldValue } from './edits';
import { useProblem, useSince } from './field';

interface PartFieldProps {
  readonly part: 'regularization' | 'data' | 'training' | 'init';
  readonly field: Field;
  readonly effect?: 'live' | 'restarts';
}

export function PartField({ part, field, effect }: PartFieldProps) {
  const values = useSpecPart(part);
  const session = useSession();
  const path = `${part}.${field.name}`;
  return (
    <SchemaField
      field={field}
      value={fieldValue(values, field)}
      effect={effect}
      since={useSince(path)}
      problem={useProblem(path)}
      onChange={(value, phase) =>
        session.edit((now) => ({ ...now, [part]: withField(now[part], field.name, value) }) as RunSpec, phase)
      }
    />
  );
}

/** A number of a part that no kind of the catalogue describes. */
export const number = (name: string, help: string, initial: number | null, more: Partial<Limits> = {}): Field => ({
  name,
  help,
  initial,
  isLive: false,
  isOptional: initial === null,
  form: {
    kind: 'number',
    limits: { isWhole: false, low: 0, high: null, isLowOpen: false, isHighOpen: false, ...more },
  },
});
