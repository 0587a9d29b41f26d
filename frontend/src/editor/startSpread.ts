/** How far the outputs of each layer spread before training: by theory, and as measured at step 0. */
import { useEffect, useMemo, useState } from 'react';
import { fieldsOf, findKind } from '../forms/schema';
import type { CheckResult, Kind, NodeSpec } from '../generated/schemas';
import { usePage, useSession, useSpecPart } from '../session/react';

export interface Spread {
  readonly node: string;
  /** In train mode; null where there is no rule for it. */
  readonly expected: number | null;
  /** In eval mode; null where it was not measured. */
  readonly measured: number | null;
  /** Behind running statistics, which still are 0 and 1 at step 0: eval mode gives something else than train mode. */
  readonly modesDiffer: boolean;
}

/** Of every node that was measured or has a rule, in the order of the network. */
export function spreadsOf(
  check: CheckResult | null,
  measured: ReadonlyMap<string, number>,
  differing: ReadonlySet<string>,
): Spread[] {
  return (check?.nodes ?? [])
    .map(({ id, expected_std }) => ({
      node: id,
      expected: expected_std,
      measured: measured.get(id) ?? null,
      modesDiffer: differing.has(id),
    }))
    .filter(({ expected, measured: std }) => expected !== null || std !== null);
}

/** The nodes with running statistics, and all that read them, directly or not. */
export function behindStatistics(
  check: CheckResult | null,
  graph: readonly NodeSpec[],
  kinds: readonly Kind[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { id, kind, inputs } of check?.nodes ?? []) {
    const node: Record<string, unknown> = { ...graph.find((one) => one.id === id) };
    const fields = fieldsOf(findKind(kinds, 'layer', kind));
    const fieldValue = (name: string): unknown => node[name] ?? fields.find((field) => field.name === name)?.initial;
    const isOne = fieldValue('track_running_stats') === true || fieldValue('norm') === 'batch_norm';
    if (isOne || inputs.some((source) => found.has(source.split('.')[0] ?? ''))) found.add(id);
  }
  return found;
}

const NO_KINDS: readonly Kind[] = [];

/** Of the network and the run on the page. */
export function useSpreads(): Spread[] {
  const check = usePage((page) => page.check);
  const kinds = usePage((page) => page.catalog?.kinds ?? NO_KINDS);
  const measured = useMeasuredSpread();
  const graph = useSpecPart('graph');
  const differing = useMemo(() => behindStatistics(check, graph, kinds), [check, graph, kinds]);
  return spreadsOf(check, measured, differing);
}

/** So far apart lie a signal that is kept and one that is lost or bursts. */
const FAR = 20;

/**
 * What will go wrong, in a few words; null where the spread is kept. Only of nodes that are measured as they train:
 * a signal that eval mode lets die in front of a norm may be kept by that norm.
 */
export function warningOf(spreads: readonly Spread[]): string | null {
  const known = spreads.flatMap(({ node, measured, modesDiffer }) =>
    measured === null || modesDiffer ? [] : [{ node, std: measured }],
  );
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || known.length < 2) return null;
  if (last.std === 0 || first.std / last.std > FAR) return `The signal dies on its way to ${last.node}.`;
  if (last.std / first.std > FAR) return `The signal grows on its way to ${last.node}.`;
  return null;
}

/** Standard deviation of each layer's output at step 0 of the run on the page, by node. */
function useMeasuredSpread(): ReadonlyMap<string, number> {
  const session = useSession();
  const run = usePage((page) => page.record?.id ?? null);
  const [found, setFound] = useState<{ run: string | null; stds: ReadonlyMap<string, number> }>(NONE);
  useEffect(() => {
    if (run === null) return;
    const leaving = new AbortController();
    session.ask.startSpread(run, leaving.signal).then(
      (stds) => leaving.signal.aborted || setFound({ run, stds }),
      // What was not measured is not shown.
      () => undefined,
    );
    return () => leaving.abort();
  }, [run, session]);
  return found.run === run ? found.stds : NONE.stds;
}

const NONE = { run: null, stds: new Map<string, number>() };
