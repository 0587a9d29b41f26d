/** The steps at which the run has a checkpoint on disk, asked for again while it trains. */
import { useEffect, useState } from 'react';
import { useRecord, useSession } from '../session/react';
import type { RunRecord } from '../stores/record';

const EVERY_MS = 5000;

export function useCheckpoints(record: RunRecord | null): readonly number[] {
  const session = useSession();
  const [steps, setSteps] = useState<readonly number[]>([]);
  const status = useRecord(record, (one) => one?.progress.status);
  useEffect(() => {
    let isLeft = false;
    const read = async (): Promise<void> => {
      if (document.hidden) return;
      const found = record && status !== 'queued' ? await session.checkpoints(record.id) : [];
      if (!isLeft) setSteps(found);
    };
    void read();
    const timer = status === 'running' ? setInterval(() => void read(), EVERY_MS) : undefined;
    return () => {
      isLeft = true;
      clearInterval(timer);
    };
  }, [session, record, status]);
  return steps;
}
