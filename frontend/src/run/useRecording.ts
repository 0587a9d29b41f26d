/** What is kept of a run for time travel, asked for when it is shown, and again while the run trains. */
import { useEffect, useState } from 'react';
import type { Recording } from '../generated/schemas';
import { useRecord, useSession } from '../session/react';
import type { RunRecord } from '../stores/record';

const EVERY_MS = 2000;

export function useRecording(record: RunRecord | null): Recording | null {
  const session = useSession();
  const [recording, setRecording] = useState<Recording | null>(null);
  const status = useRecord(record, (one) => one?.progress.status);
  useEffect(() => {
    let isLeft = false;
    const read = async (): Promise<void> => {
      const found = record ? await session.recording(record.id) : null;
      if (!isLeft) setRecording(found);
    };
    void read();
    const timer = status === 'running' ? setInterval(() => void read(), EVERY_MS) : undefined;
    return () => {
      isLeft = true;
      clearInterval(timer);
    };
  }, [session, record, status]);
  return recording;
}
