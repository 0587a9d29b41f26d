/** What the server said of a field. */
import type { Problem } from '../generated/schemas';
import { usePage } from '../session/react';

/** Step since which the server holds the value of a field. */
export const useSince = (path: string): number | undefined => usePage((page) => page.confirmed[path]);

/** What the server said against the value of a field. */
export const useProblem = (path: string): string | undefined =>
  usePage((page) => [...page.refused, ...(page.check?.problems ?? [])].find((one) => at(one, path, true))?.message);

/** What is worth knowing of a field, though it can be trained like that. */
export const useWarning = (path: string): string | undefined =>
  usePage((page) => page.check?.problems.find((one) => at(one, path, false))?.message);

const at = (one: Problem, path: string, isError: boolean): boolean =>
  one.path === path && (one.severity === 'error') === isError;
