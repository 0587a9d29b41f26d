/** How far the outputs of each layer spread before training: by theory, and as measured at step 0. */
import { useEffect, useState } from 'react';
import type { CheckResult } from '../generated/schemas';
import { usePage, useSession } from '../session/react';

export interface Spread {
  readonly node: string;
  /** Null where there is no rule for it. */
  readonly expected: number | null;
  /** Null where it was not measured. */
  readonly measured: number | null;
}

/** Of every node that was measured or has a rule, in the order of the network. */
export function spreadsOf(check: CheckResult | null, measured: ReadonlyMap<string, number>): Spread[] {
  return (check?.nodes ?? [])
    .map(({ id, expected_std }) => ({ node: id, expected: expected_std, measured: measured.get(id) ?? null }))
    .filter(({ expected, measured: std }) => expected !== null || std !== null);
}

/** So far apart lie a signal that is kept and one that is lost or bursts. */
const FAR = 20;

/** What will go wrong, in a few words; null where the spread is kept. */
export function warningOf(spreads: readonly Spread[]): string | null {
  const known = spreads.flatMap(({ node, measured }) => (measured === null ? [] : [{ node, std: measured }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || known.length < 2) return null;
  if (last.std === 0 || first.std / last.std > FAR) return `The signal dies on its way to ${last.node}.`;
  if (last.std / first.std > FAR) return `The signal grows on its way to ${last.node}.`;
  return null;
}

/** Standard deviation of each layer's output at step 0 of the run on the page, by node. */
export function useMeasuredSpread(): ReadonlyMap<string, number> {
  const session = useSession();
  const run = usePage((page) => page.record?.id ?? null);
  const [found, setFound] = useState<{ run: string | null; stds: ReadonlyMap<string, number> }>(NONE);
  useEffect(() => {
    if (run === null) return;
    let isWanted = true;
    session.startSpread(run).then(
      (stds) => isWanted && setFound({ run, stds }),
      // What was not measured is not shown.
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [run, session]);
  return found.run === run ? found.stds : NONE.stds;
}

const NONE = { run: null, stds: new Map<string, number>() };
