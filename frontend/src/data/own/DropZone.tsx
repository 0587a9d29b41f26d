/** Where files are brought: by a press, by keys, or dropped anywhere in the view of the data. */
import { Button } from '@mantine/core';
import { useRef } from 'react';
import { formatBytes } from '../../draw';
import { Icon } from '../../forms/Icon';
import { useDataFiles, useSession } from '../../session/react';

const FORMATS: readonly { readonly ends: string; readonly what: string }[] = [
  { ends: '.csv', what: 'a table' },
  { ends: '.zip', what: 'images in one folder for each class' },
  { ends: '.txt', what: 'text, read by characters or words' },
  { ends: '.npz', what: 'NumPy arrays of inputs and targets' },
];

export function DropZone() {
  const session = useSession();
  const canUpload = useDataFiles((files) => files.canUpload);
  const limits = useDataFiles((files) => files.limits);
  const input = useRef<HTMLInputElement>(null);
  if (!canUpload) return <p className="sm muted">This server takes no files. Points can be painted all the same.</p>;
  const send = (files: FileList | null): void => {
    for (const file of files ?? []) void session.uploading.send(file);
  };
  return (
    <div className="own-drop">
      <p>
        <b>Drop a file</b> anywhere here, or
      </p>
      <Button variant="default" leftSection={<Icon name="upload" size={14} />} onClick={() => input.current?.click()}>
        Choose a file
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="File of data"
        accept=".csv,.tsv,.zip,.txt,.md,.npz"
        onChange={(event) => {
          send(event.currentTarget.files);
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
        }}
      />
      <dl className="xs">
        {FORMATS.map(({ ends, what }) => (
          <div key={ends}>
            <dt>
              <code>{ends}</code>
            </dt>
            <dd className="faint num">
              {what}
              {limits[ends] ? `, up to ${formatBytes(limits[ends])}` : ''}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
