/** How the weights of one layer start: as in the rest of the run, or by a scheme of its own. */
import { Choice } from '../forms/Choice';
import { Row } from '../forms/Row';
import { SchemaField } from '../forms/SchemaField';
import { fieldsOf, findKind } from '../forms/schema';
import type { InitSpec, Kind } from '../generated/schemas';
import type { EditPhase } from '../words/edit';

interface InitFieldsProps {
  readonly init: InitSpec | null | undefined;
  readonly kinds: readonly Kind[];
  onChange(init: InitSpec | null, phase: EditPhase): void;
}

const AS_RUN = '';

export function InitFields({ init, kinds, onChange }: InitFieldsProps) {
  const kind = init ? findKind(kinds, 'init', init.scheme) : undefined;
  const schemes = kinds
    .filter((one) => one.family === 'init')
    .map((one) => ({ value: one.kind, label: one.title, help: one.help }));
  return (
    <>
      <Row label="Init" help={kind?.help ?? 'How the weights of this layer start.'}>
        {(id) => (
          <Choice
            id={id}
            label="Init"
            options={[{ value: AS_RUN, label: 'As the run' }, ...schemes]}
            value={kind?.kind ?? AS_RUN}
            onChange={(scheme) => onChange(scheme === AS_RUN ? null : ({ scheme } as InitSpec), 'single')}
          />
        )}
      </Row>
      {init
        ? fieldsOf(kind).map((field) => (
            <SchemaField
              key={field.name}
              field={field}
              value={(init as Record<string, unknown>)[field.name] ?? field.initial}
              onChange={(value, phase) => onChange({ ...init, [field.name]: value }, phase)}
            />
          ))
        : null}
    </>
  );
}
