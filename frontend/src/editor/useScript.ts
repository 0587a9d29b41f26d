/** The experiment as a script of PyTorch, asked for again a moment after each change. */
import { useEffect, useState } from 'react';
import type { RunSpec } from '../generated/schemas';
import { usePage, useSession, useSpec } from '../session/react';

const QUIET_MS = 300;

export interface Script {
  /** The last script that came; null before the first. */
  readonly text: string | null;
  /** True where the experiment has moved on since. */
  readonly isOld: boolean;
  /** Why there is no script of the experiment as it is now. */
  readonly problem: string | null;
}

export function useScript(): Script {
  const spec = useSpec();
  const session = useSession();
  const [answer, setAnswer] = useState<{ text: string | null; of: RunSpec | null; problem: string | null }>({
    text: null,
    of: null,
    problem: null,
  });
  const mistake = usePage(({ check, checked }) =>
    checked === spec && check && !check.ok
      ? (check.problems.find((one) => one.severity === 'error')?.message ?? null)
      : null,
  );
  useEffect(() => {
    if (mistake !== null) {
      setAnswer((before) => ({ text: before.text, of: spec, problem: mistake }));
      return;
    }
    let isWanted = true;
    const ask = async (): Promise<void> => {
      try {
        const text = await session.ask.script(spec);
        if (isWanted) setAnswer({ text, of: spec, problem: null });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (isWanted) setAnswer((before) => ({ text: before.text, of: spec, problem }));
      }
    };
    const timer = setTimeout(() => void ask(), QUIET_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [spec, session, mistake]);
  return { text: answer.text, isOld: answer.of !== spec || answer.problem !== null, problem: answer.problem };
}
