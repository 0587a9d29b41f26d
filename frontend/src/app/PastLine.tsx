/** Says that the page shows the past, lets one hold it aside to see the present, and that a fork is on its way. */
import { Button } from '@mantine/core';
import { formatCount } from '../draw';
import { Icon } from '../forms/Icon';
import { keptText } from '../run/recorded';
import { useRecording } from '../run/useRecording';
import { usePage, useRecord, useWorkplace } from '../session/react';
import type { RunRecord } from '../stores/record';

const KEYS = new Set([' ', 'Enter']);

export function PastLine({ record }: { readonly record: RunRecord | null }) {
  const { page } = useWorkplace();
  const viewStep = usePage((one) => one.viewStep) ?? 0;
  const isPeeking = usePage((one) => one.isPeeking);
  const isForking = usePage((one) => one.isForking);
  const isRunning = useRecord(record, (one) => one?.progress.status === 'running');
  const peek = (isOn: boolean): void => page.setState({ isPeeking: isOn });
  const title = isPeeking ? 'This is the newest step.' : `You are looking at step ${formatCount(viewStep)}.`;
  const recording = useRecording(record);
  const kept = recording ? `: ${keptText(recording)} over the whole run.` : '.';
  if (isForking) return <ForkingLine />;
  const goesOn = `${isRunning ? 'Training goes on; panels' : 'Panels'} show what was recorded until then${kept}`;
  return (
    <div className="strip info" role="status">
      <Icon name="info" />
      <p className="grow two-lines num">
        <b>{title}</b> {isPeeking ? 'Let go to be back in the past.' : goesOn}
      </p>
      <Button
        variant="subtle"
        title="Hold: every panel shows the newest step"
        aria-pressed={isPeeking}
        onPointerDown={() => peek(true)}
        onPointerUp={() => peek(false)}
        onPointerLeave={() => peek(false)}
        onKeyDown={(event) => KEYS.has(event.key) && peek(true)}
        onKeyUp={(event) => KEYS.has(event.key) && peek(false)}
        onBlur={() => peek(false)}
      >
        Compare with now
      </Button>
    </div>
  );
}

function ForkingLine() {
  return (
    <div className="strip info" role="status">
      <Icon name="info" />
      <p className="grow">
        <b>A new run is being made.</b> It goes on from the saved state, with what you changed.
      </p>
    </div>
  );
}
