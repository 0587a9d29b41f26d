/** The numbers of a sample, which the server sends as nested lists. */
export function flatNumbers(values: readonly unknown[]): number[] {
  return values.flatMap((value) => (Array.isArray(value) ? flatNumbers(value) : [Number(value)]));
}
