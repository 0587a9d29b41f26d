/** The control of one field of a kind, chosen by the form of the field. */
import { Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../draw';
import type { EditPhase } from '../words/edit';
import { Choice } from './Choice';
import { Choices } from './Choices';
import { NumberField } from './NumberField';
import { Row } from './Row';
import type { Field } from './schema';
import { usualScale } from './usual';
import { fieldLabel, optionLabel } from './words';

export interface SchemaFieldProps {
  readonly field: Field;
  readonly value: unknown;
  /** In place of the name of the field. */
  readonly label?: string;
  readonly effect?: 'live' | 'restarts' | null;
  readonly since?: number;
  readonly problem?: string;
  /** What stands in a number that is left empty. */
  readonly emptyWord?: string;
  /** Tell each allowed number while it is being typed, too. */
  readonly tellsTyping?: boolean;
  /** What stands at the end of the control, such as a button. */
  readonly extra?: ReactNode;
  onChange(value: unknown, phase: EditPhase): void;
}

export function SchemaField(props: SchemaFieldProps) {
  const { field } = props;
  return (
    <Row label={props.label ?? fieldLabel(field.name)} help={field.help} effect={props.effect} since={props.since}>
      {(id) =>
        props.extra ? (
          <div className="with-button">
            <Control {...props} id={id} />
            {props.extra}
          </div>
        ) : (
          <Control {...props} id={id} />
        )
      }
    </Row>
  );
}

function Control({
  field,
  value,
  label: given,
  problem,
  emptyWord = 'none',
  tellsTyping,
  onChange,
  id,
}: SchemaFieldProps & { readonly id: string }) {
  const { form } = field;
  const label = given ?? fieldLabel(field.name);
  switch (form.kind) {
    case 'number':
      return (
        <NumberField
          id={id}
          label={label}
          value={typeof value === 'number' ? value : null}
          scale={usualScale(field.name, form.limits)}
          limits={form.limits}
          isOptional={field.isOptional}
          placeholder={field.isOptional ? emptyWord : undefined}
          problem={problem}
          tellsTyping={tellsTyping}
          onChange={onChange}
        />
      );
    case 'numbers':
      return <Numbers {...{ field, form, value, problem, tellsTyping, onChange, label }} />;
    case 'switch':
      return (
        <Switch
          id={id}
          aria-label={label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked, 'single')}
        />
      );
    case 'choice':
      return (
        <Choice
          id={id}
          label={label}
          value={String(value ?? '')}
          options={[
            ...(field.isOptional ? [{ value: '', label: 'none' }] : []),
            ...form.options.map((option) => ({ value: option, label: optionLabel(option) })),
          ]}
          onChange={(option) => onChange(option === '' ? null : option, 'single')}
        />
      );
    case 'choices':
      return <Choices label={label} options={form.options} value={value} problem={problem} onChange={onChange} />;
    case 'list':
      return (
        <output id={id} className="num sm faint">
          {numEntries(value)}
        </output>
      );
    case 'names':
      return (
        <Choice
          id={id}
          label={label}
          value={String(value ?? '')}
          options={['', ...form.names].map((name) => ({ value: name, label: name === '' ? form.emptyWord : name }))}
          onChange={(name) => onChange(name, 'single')}
        />
      );
    case 'text':
      return (
        <input
          id={id}
          className="text-field"
          value={typeof value === 'string' ? value : JSON.stringify(value)}
          onChange={(event) => onChange(event.target.value, 'single')}
        />
      );
  }
}

function numEntries(value: unknown): string {
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  return `${formatCount(count)} ${count === 1 ? 'entry' : 'entries'}`;
}

function Numbers(
  props: Omit<SchemaFieldProps, 'effect'> & {
    readonly label: string;
    readonly form: Extract<Field['form'], { kind: 'numbers' }>;
  },
) {
  const { field, form, value, problem, tellsTyping, onChange, label } = props;
  const values = Array.isArray(value) ? (value as number[]) : [];
  return (
    <div className="numbers">
      {Array.from({ length: form.count }, (_, index) => (
        <NumberField
          key={index}
          label={`${label} ${index + 1}`}
          value={values[index] ?? null}
          scale={usualScale(field.name, form.limits)}
          limits={form.limits}
          problem={index === 0 ? problem : undefined}
          tellsTyping={tellsTyping}
          onChange={(next, phase) =>
            onChange(
              values.map((old, at) => (at === index ? next : old)),
              phase,
            )
          }
        />
      ))}
    </div>
  );
}
