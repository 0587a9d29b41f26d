/**
 * Curves that refine where somebody looks closer: the page holds long curves thinned, the server holds every point.
 * What fails is not told: the curve stays as it is, until another part is looked at.
 */
import { type Lack, MOST_POINTS, type Steps } from '../stores/curves';
import type { RunRecord } from '../stores/record';
import type { Rest } from '../wire/rest';

/** A hand that drags an axis is not followed by a call at each move. */
const SETTLES_AFTER_MS = 150;

interface Question {
  readonly view: Steps;
  readonly stop: AbortController;
}

export class Refining {
  readonly #rest: Pick<Rest, 'scalarsWithin'>;
  /** The one question of each panel, named by its curves; it stays where it failed. */
  readonly #questions = new WeakMap<RunRecord, Map<string, Question>>();

  constructor(rest: Pick<Rest, 'scalarsWithin'>) {
    this.#rest = rest;
  }

  /** Somebody looks at these steps of these curves. May be told as often as they are drawn. */
  look(record: RunRecord, names: readonly string[], view: Steps): void {
    const questions = this.#questions.get(record) ?? new Map<string, Question>();
    this.#questions.set(record, questions);
    const panel = names.join();
    const before = questions.get(panel);
    if (before && before.view[0] === view[0] && before.view[1] === view[1]) return;
    before?.stop.abort();
    questions.delete(panel);
    const lack = record.curves.lackIn(names, view);
    if (!lack) return;
    const question = { view, stop: new AbortController() };
    questions.set(panel, question);
    void this.#ask(record, lack, question.stop.signal).then((isDone) => {
      if (isDone && questions.get(panel) === question) questions.delete(panel);
    });
  }

  /** @returns False where no answer came. */
  async #ask(record: RunRecord, lack: Lack, signal: AbortSignal): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, SETTLES_AFTER_MS));
    if (signal.aborted) return false;
    try {
      const { scalars } = await this.#rest.scalarsWithin(record.id, lack, MOST_POINTS, signal);
      if (signal.aborted) return false;
      record.curves.refine(lack, scalars);
      return true;
    } catch {
      return false;
    }
  }
}
