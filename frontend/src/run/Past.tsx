/** In time travel: fork the run at the step that is shown, or go back to the present. */
import { Button, Tooltip } from '@mantine/core';
import { formatCount } from '../draw';
import { usePage, useRecord, useSession } from '../session/react';
import type { RunRecord } from '../stores/record';
import { useCheckpoints } from './useCheckpoints';

export function Past({ record }: { readonly record: RunRecord | null }) {
  const session = useSession();
  const viewStep = usePage((page) => page.viewStep) ?? 0;
  const status = useRecord(record, (one) => one?.progress.status);
  const isBusy = usePage((page) => page.isBusy);
  const isConnected = usePage((page) => page.connection.state === 'connected');
  // Not known before the server has told.
  const from = useCheckpoints(record).findLast((step) => step <= viewStep);
  const saved = from === undefined ? null : `step ${formatCount(from)}`;
  const place = from === viewStep ? 'this step' : [saved, 'the nearest saved state before'].filter(Boolean).join(', ');
  const story = `A new run goes on from ${place}, with what you change meanwhile`;
  return (
    <span className="past" data-status={status}>
      <Tooltip label={story} maw={280} multiline>
        <Button size="md" disabled={isBusy || !isConnected} onClick={() => void session.forkFromHere()}>
          Fork from {saved ?? 'here'}
        </Button>
      </Tooltip>
      <Tooltip
        label={
          <span className="row">
            The newest step <kbd>l</kbd>
          </span>
        }
      >
        <Button size="md" variant="subtle" onClick={() => session.goLive()}>
          Go live
        </Button>
      </Tooltip>
    </span>
  );
}
