/** Where a key leads in a list of rows and columns. */

export interface Standing {
  /** −1 where nothing is chosen. */
  readonly place: number;
  readonly count: number;
  readonly columns: number;
  /** Rows that are in sight at once. */
  readonly lines: number;
}

/** The place that is chosen next; null for a key that means nothing here. */
export function stepOf(key: string, { place, count, columns, lines }: Standing): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * lines,
    PageDown: columns * lines,
  };
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  if (place < 0) return 0;
  const next = place + step;
  if (next >= 0 && next < count) return next;
  // A page that would lead beyond the end leads to it; a step stays.
  return Math.abs(step) > columns ? (step < 0 ? 0 : count - 1) : place;
}
