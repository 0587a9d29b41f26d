/** Curves thinned to what a screen can show, so that peaks survive. */

export interface Points {
  readonly x: number[];
  readonly y: number[];
}

/** First place in the rising `steps` that is not below `step`. */
export function firstFrom(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as number) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The lowest and the highest point of each of `buckets` equal parts of `from … to`, and both ends.
 *
 * A point that is not finite breaks the line: it is kept as NaN.
 */
export function thin(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  from: number,
  to: number,
  buckets: number,
): Points {
  const first = Math.max(0, firstFrom(steps, from) - 1);
  const last = Math.min(steps.length - 1, firstFrom(steps, to));
  const x: number[] = [];
  const y: number[] = [];
  const keep = (index: number): void => {
    x.push(steps[index] as number);
    y.push(values[index] as number);
  };
  if (last - first + 1 <= 2 * buckets) {
    for (let i = first; i <= last; i += 1) keep(i);
    return { x, y };
  }
  const width = (to - from) / buckets;
  let start = first;
  while (start <= last) {
    const bucket = Math.floor(((steps[start] as number) - from) / width);
    let end = start;
    let low = start;
    let high = start;
    let broken = -1;
    while (end <= last && Math.floor(((steps[end] as number) - from) / width) === bucket) {
      const value = values[end] as number;
      if (Number.isNaN(value)) broken = end;
      if (value < (values[low] as number) || Number.isNaN(values[low] as number)) low = end;
      if (value > (values[high] as number) || Number.isNaN(values[high] as number)) high = end;
      end += 1;
    }
    const kept = new Set([low, high]);
    if (start === first) kept.add(first);
    if (end > last) kept.add(last);
    if (broken >= 0) kept.add(broken);
    for (const index of [...kept].sort((a, b) => a - b)) keep(index);
    start = end;
  }
  return { x, y };
}
