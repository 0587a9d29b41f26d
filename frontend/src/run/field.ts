/** What the server said of a field. */
import { usePage } from '../session/react';

/** Step since which the server holds the value of a field. */
export const useSince = (path: string): number | undefined => usePage((page) => page.confirmed[path]);

/** What the server said against the value of a field. */
export const useProblem = (path: string): string | undefined =>
  usePage((page) => [...page.refused, ...(page.check?.problems ?? [])].find((one) => one.path === path)?.message);
