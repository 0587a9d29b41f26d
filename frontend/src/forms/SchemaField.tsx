/** The field of a kind, by what its JSON Schema says it is. What no form can show is left to the JSON view. */
import type { ReactElement } from 'react';
import { ChoiceField, SwitchField } from './choices';
import { NumberField } from './NumberField';
import type { Field } from './schema';

interface SchemaFieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly since?: number | undefined;
  readonly problem?: string | null | undefined;
  readonly onChange: (value: unknown) => void;
  readonly onDrag?: (isDragging: boolean) => void;
}

export function SchemaField({ field, value, since, problem, onChange, onDrag }: SchemaFieldProps): ReactElement | null {
  const row = { label: field.label, help: field.help, since, problem };
  const now = value === undefined ? field.default : value;
  const drag = onDrag ? { onDrag } : {};
  switch (field.shape.type) {
    case 'number':
      return (
        <NumberField
          {...row}
          {...drag}
          unit={field.unit}
          rule={field.shape.rule}
          value={typeof now === 'number' ? now : null}
          {...(field.shape.isNullable ? { empty: 'auto' } : {})}
          onChange={onChange}
        />
      );
    case 'boolean':
      return <SwitchField {...row} value={now === true} onChange={onChange} />;
    case 'choice': {
      const choices = field.shape.choices.map((choice) => ({ value: choice, label: choice.replaceAll('_', ' ') }));
      return (
        <ChoiceField {...row} choices={choices} value={typeof now === 'string' ? now : null} onChange={onChange} />
      );
    }
    case 'numbers': {
      const { rule } = field.shape;
      const numbers = Array.isArray(now) ? (now as number[]) : [];
      return (
        <>
          {numbers.map((number, index) => (
            <NumberField
              key={index}
              {...row}
              {...drag}
              label={`${field.label} ${index + 1}`}
              rule={{ ...rule, step: 0.01 }}
              value={number}
              onChange={(next) => onChange(numbers.map((old, at) => (at === index && next !== null ? next : old)))}
            />
          ))}
        </>
      );
    }
    case 'other':
      return null;
  }
}
