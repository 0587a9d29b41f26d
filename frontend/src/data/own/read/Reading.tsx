/** How a file is read, as fields of its dataset: columns of a table by hand, everything else as the catalogue says. */
import { SchemaField } from '../../../forms/SchemaField';
import type { Field } from '../../../forms/schema';
import type { Upload } from '../../../generated/schemas';
import type { Reading as State } from '../useReading';
import { ColumnTable } from './ColumnTable';

interface ReadingProps {
  readonly upload: Upload;
  readonly fields: readonly Field[];
  readonly reading: State;
}

/** Fields that are set otherwise: the file is chosen from the list, columns in their table. */
const ELSEWHERE = new Set(['upload', 'target', 'features']);

export function Reading({ upload, fields, reading }: ReadingProps) {
  const others = fields.filter(({ name, form }) => form.kind !== 'list' && !ELSEWHERE.has(name));
  return (
    <>
      {upload.columns.length > 0 ? <ColumnTable columns={upload.columns} reading={reading} /> : null}
      <div className="own-fields">
        {others.map((field) => (
          <SchemaField
            key={field.name}
            field={field}
            value={reading.params[field.name] ?? field.initial}
            onChange={(value) => reading.set(field.name, value)}
          />
        ))}
      </div>
    </>
  );
}
