/** What is in a file: what was read, how it is read, a look at the samples, and the button that trains on it. */
import { useMemo } from 'react';
import { fieldsOf, findKind } from '../../forms/schema';
import type { Upload } from '../../generated/schemas';
import { usePage } from '../../session/react';
import { Look } from './Look';
import { Reading } from './read/Reading';
import { UseButton } from './UseButton';
import { useReading } from './useReading';

export function UploadPage({ upload }: { readonly upload: Upload }) {
  const kinds = usePage((page) => page.catalog?.kinds);
  const kind = findKind(kinds ?? [], 'dataset', upload.dataset);
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const reading = useReading(upload);
  return (
    <section className="own-upload" aria-label={upload.name} data-table={upload.columns.length > 0 || undefined}>
      <div className="own-read">
        <header>
          <h3 className="clip" title={upload.name}>
            {upload.name}
          </h3>
          <p className="sm muted num">{upload.summary}</p>
        </header>
        {upload.notes.length > 0 ? (
          <ul className="own-notes sm">
            {upload.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ) : null}
        <Reading upload={upload} fields={fields} reading={reading} />
      </div>
      <div className="own-seen">
        <UseButton
          title={upload.name}
          wish={{ dataset: upload.dataset, params: reading.params }}
          isInUse={reading.isInUse}
          lack={reading.problem ? 'It cannot be read like that.' : null}
        />
        <Look reading={reading} />
      </div>
    </section>
  );
}
