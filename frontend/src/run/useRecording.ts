/** What is kept of a run for time travel. */
import { useCallback } from 'react';
import type { Recording } from '../generated/schemas';
import { useSession } from '../session/react';
import type { RunRecord } from '../stores/record';
import { useReread } from './useReread';

const EVERY_MS = 2000;

export function useRecording(record: RunRecord | null): Recording | null {
  const session = useSession();
  const read = useCallback(async (one: RunRecord | null) => (one ? await session.recording(one.id) : null), [session]);
  return useReread<Recording | null>(record, read, null, EVERY_MS);
}
