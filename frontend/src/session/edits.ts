/** Edits of the draft, with undo and redo. */
import type { RunSpec } from '../generated/schemas';
import type { DraftStore } from '../stores/draft';
import type { EditPhase } from '../words/edit';
import { isSame } from './canonical';
import type { Following } from './following';

export class Edits {
  readonly #draft: DraftStore;
  readonly #following: Pick<Following, 'isTyping'>;

  constructor(draft: DraftStore, following: Pick<Following, 'isTyping'>) {
    this.#draft = draft;
    this.#following = following;
  }

  /** Changes the experiment. The moves of one drag, and what is typed into one field, are one edit. */
  edit(change: (spec: RunSpec) => RunSpec, phase: EditPhase): void {
    const history = this.#draft.temporal.getState();
    if (phase === 'joined') {
      this.#join(change);
      return;
    }
    const begins = phase === 'begin' || (phase === 'typing' && !this.#following.isTyping);
    if (begins || phase === 'single') history.resume();
    this.#following.isTyping = phase === 'typing';
    this.#draft.getState().edit(change);
    if (begins) history.pause();
    if (phase === 'end') this.#end();
  }

  #join(change: (spec: RunSpec) => RunSpec): void {
    const { pause, resume } = this.#draft.temporal.getState();
    pause();
    this.#draft.getState().edit(change);
    resume();
  }

  /** What was put back as it was is no edit. */
  #end(): void {
    const history = this.#draft.temporal;
    const { pastStates, resume } = history.getState();
    resume();
    const [before, now] = [pastStates.at(-1)?.spec, this.#draft.getState().spec];
    if (before && now && isSame(before, now)) history.setState({ pastStates: pastStates.slice(0, -1) });
  }

  undo(): void {
    this.#draft.temporal.getState().undo();
  }

  redo(): void {
    this.#draft.temporal.getState().redo();
  }
}
