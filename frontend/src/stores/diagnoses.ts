/** What was found in a run: which of it stands, and in which order it is told. */
import type { Diagnosis, RunEvent } from '../generated/schemas';

const RANK: Record<Diagnosis['severity'], number> = { problem: 0, warning: 1, info: 2 };

/** With what an event tells: of each kind the newest word holds. */
export function withDiagnosis(found: readonly Diagnosis[], event: RunEvent): readonly Diagnosis[] {
  const told = event.diagnosis;
  if (!told) return found;
  const at = found.findIndex((one) => one.kind === told.kind);
  return at < 0 ? [...found, told] : found.with(at, told);
}

/** The most severe first, of equal ones the latest; what is over comes last. */
export function inOrder(found: readonly Diagnosis[]): Diagnosis[] {
  return [...found].sort(
    (a, b) => Number(a.is_over) - Number(b.is_over) || RANK[a.severity] - RANK[b.severity] || b.step - a.step,
  );
}

/** Names one diagnosis of one run, for what was dismissed. A graver form of it has another name. */
export const dismissalOf = (run: string, { kind, step, severity }: Diagnosis): string =>
  `${run}/${kind}/${step}/${severity}`;
