/** The original files of a well-known set: whether they are there, how far a transfer is, what can be done. */
import { Button } from '@mantine/core';
import { formatBytes, formatPercent } from '../../draw';
import type { Original } from '../../generated/schemas';
import { useSession } from '../../session/react';
import { Part } from './Part';

export function OriginalFiles({ original }: { readonly original: Original }) {
  return (
    <Part title="Original files" note={formatBytes(original.size)}>
      <State original={original} />
      {original.status === 'ready' ? null : <ByHand original={original} />}
    </Part>
  );
}

function State({ original }: { readonly original: Original }) {
  const { datasets } = useSession();
  const { dataset, title, status, received, size, message } = original;
  if (status === 'ready') return <p className="original-words">They are on this server.</p>;
  if (status === 'fetching') {
    const share = size > 0 ? Math.min(1, received / size) : 0;
    return (
      <>
        <progress aria-label={`${title} fetched`} value={received} max={size || 1} />
        <p className="original-words num" aria-live="off">
          <span className="grow">
            {formatBytes(received)} of {formatBytes(size)} · {formatPercent(share)}
          </span>
          <Button size="xs" onClick={() => void datasets.cancelFetch(dataset)}>
            Cancel
          </Button>
        </p>
      </>
    );
  }
  const isBegun = received > 0;
  return (
    <>
      {status === 'failed' ? (
        <p className="choose-problem" role="alert">
          {message ?? 'They could not be fetched.'}
        </p>
      ) : (
        <p className="original-words">
          {isBegun ? `${formatBytes(received)} of ${formatBytes(size)} are here.` : 'They are not on this server yet.'}
        </p>
      )}
      <Button variant="filled" onClick={() => void datasets.fetch(dataset)}>
        {isBegun ? 'Go on fetching' : status === 'failed' ? 'Try again' : `Fetch ${formatBytes(size)}`}
      </Button>
    </>
  );
}

/** Without a network the files are put there by hand. */
const ByHand = ({ original }: { readonly original: Original }) => (
  <p className="original-hand">
    From {original.source}. Or put{' '}
    {original.files.map((file, at) => (
      <span key={file}>
        {at > 0 ? (at === original.files.length - 1 ? ' and ' : ', ') : ''}
        <code>{file}</code>
      </span>
    ))}{' '}
    into <code>{original.folder}</code> on the server's machine.
  </p>
);
