/** A part of the experiment that is chosen by kind, and the fields of that kind folded below it. */
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { withField } from '../data/edits';
import { Choice, type Option } from '../forms/Choice';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { fieldsOf, findKind } from '../forms/schema';
import type { KindSpec, RunSpec } from '../generated/schemas';
import { useSession, useSpecPart } from '../session/react';
import type { EditPhase } from '../words/edit';
import { fieldValue, numChanged } from './edits';
import { useProblem } from './field';
import { optionsOf, useKinds } from './LiveFields';
import { useFold } from './useFold';

interface KindRowProps {
  readonly part: 'loss' | 'schedule';
  readonly label: string;
  /** An option for no kind at all. */
  readonly automatic?: Option;
  /** Kinds that are for something else and not to be chosen here. */
  readonly without?: readonly string[];
  /** What always stands below the row. */
  readonly children?: ReactNode;
}

export function KindRow({ part, label, automatic, without = [], children }: KindRowProps) {
  const session = useSession();
  const kinds = useKinds();
  const chosen: KindSpec | null = useSpecPart(part);
  const kind = findKind(kinds, part, chosen?.kind ?? '');
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const fold = useFold(label, chosen ? numChanged(chosen, fields) : 0);
  const options = optionsOf(kinds, part).filter(({ value }) => value === chosen?.kind || !without.includes(value));
  const write = (next: KindSpec | null, phase?: EditPhase): void =>
    session.edit((now) => ({ ...now, [part]: next }) as RunSpec, phase);
  return (
    <>
      <Row label={label} help={kind?.help ?? automatic?.help} fold={chosen && fields.length > 0 ? fold : undefined}>
        {(id) => (
          <Choice
            id={id}
            label={label}
            options={automatic ? [automatic, ...options] : options}
            value={kind?.kind ?? ''}
            onChange={(next) => write(next === '' ? null : ({ kind: next } as KindSpec))}
          />
        )}
      </Row>
      {children}
      {chosen && fold.isOpen ? (
        <div className="fold">
          {fields.map((field) => (
            <KindField key={field.name} {...{ part, chosen, field, write }} />
          ))}
        </div>
      ) : null}
    </>
  );
}

interface KindFieldProps {
  readonly part: string;
  readonly chosen: KindSpec;
  readonly field: ReturnType<typeof fieldsOf>[number];
  write(next: KindSpec, phase: EditPhase): void;
}

function KindField({ part, chosen, field, write }: KindFieldProps) {
  return (
    <SchemaField
      field={field}
      value={fieldValue(chosen, field)}
      problem={useProblem(`${part}.${field.name}`)}
      onChange={(value, phase) => write(withField(chosen, field.name, value), phase)}
    />
  );
}
