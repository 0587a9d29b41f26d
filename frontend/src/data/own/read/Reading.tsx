/** How a file is read, as fields of its dataset: columns of a table by hand, everything else as the catalogue says. */

import { formatShape } from '../../../draw';
import { Choice } from '../../../forms/Choice';
import { Row } from '../../../forms/Row';
import { SchemaField } from '../../../forms/SchemaField';
import type { Field } from '../../../forms/schema';
import { fieldLabel } from '../../../forms/words';
import type { NamedArray, Upload } from '../../../generated/schemas';
import { useForm } from '../useForm';
import type { Reading as State } from '../useReading';
import { ColumnTable } from './ColumnTable';
import { FormRow } from './FormRow';

interface ReadingProps {
  readonly upload: Upload;
  readonly fields: readonly Field[];
  readonly reading: State;
}

/** Fields of an .npz that name one of its arrays. */
const ARRAYS = new Set(['x', 'y']);

/** Fields that are set otherwise: the file is chosen from the list, columns in their table. */
const ELSEWHERE = new Set(['upload', 'target', 'features']);

/** Has no meaning where a class is told. */
const OF_NUMBERS = 'scale_target';

export function Reading({ upload, fields, reading }: ReadingProps) {
  const form = useForm(upload, reading);
  const isNumber = reading.preview?.data.task !== 'classification';
  const others = fields.filter(
    ({ name, form }) => form.kind !== 'list' && !ELSEWHERE.has(name) && (isNumber || name !== OF_NUMBERS),
  );
  const isArray = ({ name }: Field): boolean => upload.arrays.length > 0 && ARRAYS.has(name);
  return (
    <>
      {upload.form ? <FormRow found={upload.form} form={form} /> : null}
      {upload.columns.length > 0 ? <ColumnTable columns={upload.columns} reading={reading} form={form} /> : null}
      <div className="own-fields">
        {others.filter(isArray).map((field) => (
          <ArrayField key={field.name} field={field} arrays={upload.arrays} reading={reading} />
        ))}
        {others
          .filter((field) => !isArray(field))
          .map((field) => (
            <SchemaField
              key={field.name}
              field={field}
              value={reading.params[field.name] ?? field.initial}
              emptyWord="automatic"
              onChange={(value) => reading.set(field.name, value)}
            />
          ))}
      </div>
    </>
  );
}

interface ArrayFieldProps {
  readonly field: Field;
  readonly arrays: readonly NamedArray[];
  readonly reading: State;
}

/** An array of the file, by its name. */
function ArrayField({ field, arrays, reading }: ArrayFieldProps) {
  const value = String(reading.params[field.name] ?? field.initial);
  const options = arrays.map(({ name, shape, dtype }) => ({
    value: name,
    label: `${name} · ${formatShape(shape)} ${dtype}`,
  }));
  return (
    <Row label={fieldLabel(field.name)} help={field.help}>
      {(id) => (
        <Choice
          id={id}
          label={fieldLabel(field.name)}
          options={options}
          value={value}
          onChange={(name) => reading.set(field.name, name)}
        />
      )}
    </Row>
  );
}
