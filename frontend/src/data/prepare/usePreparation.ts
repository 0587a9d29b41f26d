/** Preprocessing of the experiment on the page step by step, asked for anew when the data change. */
import { useEffect, useState } from 'react';
import type { DatasetPreview } from '../../generated/schemas';
import { useSession, useSpec } from '../../session/react';
import { dataKey } from '../../session/samples';
import { Refused } from '../../wire/rest';

/** A hand that moves a field is not followed by a call at each move. */
const SETTLES_AFTER_MS = 200;

export interface Prepared {
  /** The newest that came; pale while a newer one is on its way. */
  readonly preview: DatasetPreview | null;
  readonly problem: string | null;
  readonly isAsking: boolean;
}

export function usePreparation(): Prepared {
  const { samples } = useSession();
  const spec = useSpec();
  const [prepared, setPrepared] = useState<Prepared>({ preview: null, problem: null, isAsking: true });
  const key = dataKey(spec);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what matters of the experiment is in the key.
  useEffect(() => {
    let isWanted = true;
    setPrepared((before) => ({ ...before, isAsking: true }));
    const ask = (): void => {
      samples
        .prepared(spec)
        .then((preview) => isWanted && setPrepared({ preview, problem: null, isAsking: false }))
        .catch((error: unknown) => {
          const problem =
            error instanceof Refused ? error.words : error instanceof Error ? error.message : String(error);
          if (isWanted) setPrepared((before) => ({ ...before, problem, isAsking: false }));
        });
    };
    const timer = setTimeout(ask, SETTLES_AFTER_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, samples]);
  return prepared;
}
