/** Weights that are set by hand: sent to the run that they belong to, and put back where that is undone. */
import type { WeightChange } from '../generated/schemas';
import type { DraftStore, SetWeight } from '../stores/draft';

const valued = ({ weight }: SetWeight, value: number): WeightChange => ({ ...weight, value });

/** What leads from one list to the other, where one begins with the other: the run of the last one, and its values. */
export function changeBetween(
  before: readonly SetWeight[],
  now: readonly SetWeight[],
): { readonly run: string; readonly weights: readonly WeightChange[] } | null {
  const [undone, done] = [before.slice(now.length).reverse(), now.slice(before.length)];
  const run = (undone.at(-1) ?? done.at(-1))?.run;
  if (run === undefined) return null;
  const weights = [
    ...undone.filter((one) => one.run === run).map((one) => valued(one, one.before)),
    ...done.filter((one) => one.run === run).map((one) => valued(one, one.after)),
  ];
  return { run, weights };
}

/** Tells `send` whenever the list of the draft has changed, by a hand, by undo or by redo. */
export function followWeights(
  draft: DraftStore,
  send: (run: string, weights: readonly WeightChange[]) => void,
): () => void {
  return draft.subscribe((now, before) => {
    const found = now.weights === before.weights ? null : changeBetween(before.weights, now.weights);
    if (found) send(found.run, found.weights);
  });
}
