/** Weights that are set by hand: sent to the run that they belong to, and put back where that is undone. */
import type { WeightChange } from '../generated/schemas';
import type { DraftStore, SetWeight } from '../stores/draft';
import type { PageStore } from '../stores/page';
import type { Rest } from '../wire/rest';
import type { InTurn } from './following';
import { say } from './notices';
import { isActive } from './runs';

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

/** The weights of the run that trains: set by a hand from the next batch on, and again by undo and redo. */
export class WeightErrands {
  readonly #page: PageStore;
  readonly #draft: DraftStore;
  readonly #rest: Pick<Rest, 'change'>;
  readonly #inTurn: InTurn;

  constructor(page: PageStore, draft: DraftStore, rest: Pick<Rest, 'change'>, inTurn: InTurn) {
    this.#page = page;
    this.#draft = draft;
    this.#rest = rest;
    this.#inTurn = inTurn;
    draft.subscribe((now, before) => {
      const found = now.weights === before.weights ? null : changeBetween(before.weights, now.weights);
      if (found) void this.#send(found.run, found.weights);
    });
  }

  /** Sets one weight; it can be undone. Nothing of the experiment changes. */
  set(weight: SetWeight['weight'], before: number, after: number): void {
    const { record } = this.#page.getState();
    if (!isActive(record)) {
      say(this.#page, 'info', 'This run has ended.', 'Reset it, then set weights.');
      return;
    }
    const { weights } = this.#draft.getState();
    this.#draft.temporal.getState().resume();
    this.#draft.setState({ weights: [...weights, { run: record.id, weight, before, after }] });
  }

  #send(run: string, weights: readonly WeightChange[]): Promise<void> {
    return this.#inTurn(async () => {
      const { record } = this.#page.getState();
      if (isActive(record) && record.id === run) await this.#rest.change(run, { weights: [...weights] });
      else say(this.#page, 'info', 'That weight belongs to an earlier run.', 'Its network is no longer trained.');
    });
  }
}
