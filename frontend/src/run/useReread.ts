/** What the server keeps of a run, asked for when it is shown, and again while the run trains and the page is seen. */
import { useEffect, useState } from 'react';
import type { RunState } from '../generated/schemas';
import { useRecord } from '../session/react';
import type { RunRecord } from '../stores/record';

/** `read` must stay the same function from one drawing to the next; `before` is shown until it has answered. */
export function useReread<Answer>(
  record: RunRecord | null,
  read: (record: RunRecord | null, status: RunState | undefined) => Promise<Answer>,
  before: Answer,
  everyMs: number,
): Answer {
  const [answer, setAnswer] = useState(before);
  const status = useRecord(record, (one) => one?.progress.status);
  useEffect(() => {
    let isLeft = false;
    const ask = async (): Promise<void> => {
      if (document.hidden) return;
      const found = await read(record, status);
      if (!isLeft) setAnswer(() => found);
    };
    void ask();
    const timer = status === 'running' ? setInterval(() => void ask(), everyMs) : undefined;
    return () => {
      isLeft = true;
      clearInterval(timer);
    };
  }, [read, record, status, everyMs]);
  return answer;
}
