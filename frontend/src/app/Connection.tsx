/** Whether what is shown is live. When the connection is lost the bar says so once, and when the next try is due. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from '../forms/Icon';
import { usePage, useRecord, useSession } from '../session/react';

function Word() {
  const { state } = usePage((page) => page.connection);
  const words = { connected: 'Connected', connecting: 'Connecting', lost: 'Not connected' };
  return (
    <span className="connection" data-state={state}>
      <i className="dot" />
      {words[state]}
    </span>
  );
}

function Lost() {
  const session = useSession();
  const connection = usePage((page) => page.connection);
  const record = usePage((page) => page.record);
  const wasTraining = useRecord(record, (one) => one?.progress.status === 'running');
  const seconds = useSecondsUntil(connection.state === 'lost' ? connection.retryAt : null);
  if (connection.state !== 'lost') return null;
  return (
    <div className="lost" role="status">
      <Icon name="offline" />
      <span className="clip">
        <b>Connection lost.</b> {wasTraining ? 'Training goes on.' : ''}
      </span>
      <span className="num muted">{seconds === null || seconds < 1 ? 'trying now' : `next try in ${seconds} s`}</span>
      <Button size="xs" onClick={() => session.retryConnection()}>
        Try now
      </Button>
    </div>
  );
}

function useSecondsUntil(time: number | null): number | null {
  const left = (): number | null => (time === null ? null : Math.max(0, Math.ceil((time - Date.now()) / 1000)));
  const [, setTick] = useState(0);
  useEffect(() => {
    if (time === null) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), 500);
    return () => clearInterval(timer);
  }, [time]);
  return left();
}

export const Connection = { Word, Lost };
