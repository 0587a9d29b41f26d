/** Has analyses computed: asks, looks how far they are, and puts the results into the store. */
import type { AnalysisView } from '../generated/schemas';
import { type AnalysisStore, type AnalysisWish, type FieldProblem, isOpen } from '../stores/analyses';
import { decodeFrame } from '../wire/decode';
import { Refused, type Rest } from '../wire/rest';

/** A quick one is done within the call that asks for it. */
const WAIT_SECONDS = 1;
const LOOK_EVERY_MS = 300;

type Calls = Pick<Rest, 'analyse' | 'analysis' | 'analysisFrame' | 'cancelAnalysis'>;

/** One wish on its way; it is over as soon as another one takes its place. */
interface Errand {
  readonly wish: AnalysisWish;
  id: string | null;
}

export class AnalysisErrands {
  readonly store: AnalysisStore;
  readonly #rest: Calls;
  readonly #errands = new Map<string, Errand>();
  /** The newest wish of a kind that came while one of it was on its way. */
  readonly #next = new Map<string, AnalysisWish>();

  constructor(store: AnalysisStore, rest: Calls) {
    this.store = store;
    this.#rest = rest;
  }

  /** The page shows another run: what is on its way is of no use any more. */
  begin(run: string | null): void {
    if (run === this.store.run) return;
    for (const kind of [...this.#errands.keys()]) this.#errands.delete(kind);
    this.#next.clear();
    this.store.begin(run);
  }

  /** Asks now, or as soon as the wish before it is answered; of several that wait only the newest is asked. */
  ask(wish: AnalysisWish): void {
    if (this.#errands.has(wish.kind)) this.#next.set(wish.kind, wish);
    else void this.#go(wish);
  }

  /** Stops the one of this kind. */
  async cancel(kind: string): Promise<void> {
    const [errand, run] = [this.#errands.get(kind), this.store.run];
    this.#next.delete(kind);
    this.#errands.delete(kind);
    this.store.set(kind, { status: 'cancelled', progress: 0, reason: null });
    if (errand?.id && run) await this.#rest.cancelAnalysis(run, errand.id).catch(() => undefined);
  }

  async #go(wish: AnalysisWish): Promise<void> {
    const { run } = this.store;
    if (run === null) return;
    const errand: Errand = { wish, id: null };
    this.#errands.set(wish.kind, errand);
    this.store.set(wish.kind, {
      wish,
      status: 'asking',
      progress: 0,
      reason: null,
      problems: [],
      isInapplicable: false,
      beganAt: null,
    });
    try {
      await this.#follow(run, errand);
    } catch (error) {
      if (this.#isWanted(errand)) this.#failed(wish.kind, error);
    }
    if (this.#isWanted(errand)) this.#errands.delete(wish.kind);
    const next = this.#next.get(wish.kind);
    if (next && !this.#errands.has(wish.kind)) {
      this.#next.delete(wish.kind);
      void this.#go(next);
    }
  }

  #isWanted(errand: Errand): boolean {
    return this.#errands.get(errand.wish.kind) === errand;
  }

  async #follow(run: string, errand: Errand): Promise<void> {
    const { kind, params, atStep, sample } = errand.wish;
    let view = await this.#rest.analyse(run, { kind, params: { ...params }, at_step: atStep, sample }, WAIT_SECONDS);
    errand.id = view.id;
    while (this.#isWanted(errand)) {
      if (view.status === 'done') {
        const frame = decodeFrame(await this.#rest.analysisFrame(run, view.id));
        if (this.#isWanted(errand)) this.store.set(kind, { status: 'done', progress: 1, seconds: view.seconds, frame });
        return;
      }
      this.#tell(kind, view);
      if (!isOpen(this.store.of(kind))) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      if (this.#isWanted(errand)) view = await this.#rest.analysis(run, view.id);
    }
    // It was cancelled before its id was known.
    if (this.store.of(kind).status === 'cancelled') await this.#rest.cancelAnalysis(run, view.id);
  }

  #tell(kind: string, { status, progress, reason }: AnalysisView): void {
    const began = this.store.of(kind).beganAt;
    const beganAt = status === 'running' ? (began ?? performance.now()) : began;
    this.store.set(kind, { status, progress, reason, beganAt });
  }

  #failed(kind: string, error: unknown): void {
    const problems = error instanceof Refused ? error.problems : [];
    const fields = problems.flatMap(({ path, message, hint }): FieldProblem[] => {
      const field = path.startsWith('params.') ? path.slice('params.'.length) : '';
      return field ? [{ field, text: [message, hint].filter(Boolean).join(' ') }] : [];
    });
    const inapplicable = problems.find(({ code }) => code === 'not_applicable');
    const text = inapplicable?.message ?? fields[0]?.text ?? (error instanceof Error ? error.message : String(error));
    this.store.set(kind, { status: 'failed', reason: text, problems: fields, isInapplicable: Boolean(inapplicable) });
  }
}
