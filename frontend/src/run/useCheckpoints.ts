/** The steps at which the run has a checkpoint on disk. */
import { useCallback } from 'react';
import type { RunState } from '../generated/schemas';
import { useSession } from '../session/react';
import type { RunRecord } from '../stores/record';
import { useReread } from './useReread';

const EVERY_MS = 5000;
const NONE: readonly number[] = [];

export function useCheckpoints(record: RunRecord | null): readonly number[] {
  const session = useSession();
  const read = useCallback(
    async (one: RunRecord | null, status: RunState | undefined) =>
      one && status !== 'queued' ? await session.checkpoints(one.id) : NONE,
    [session],
  );
  return useReread(record, read, NONE, EVERY_MS);
}
