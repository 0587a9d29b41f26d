/** Lessons: brings one on the page beside its experiment, and a person's own experiment back afterwards. */
import type { RunSpec } from '../generated/schemas';
import { CLOSED, createLessons, type LessonProgress, type LessonStore, type OwnExperiment } from '../stores/lesson';
import type { PageStore } from '../stores/page';
import { type Rest, Unreachable } from '../wire/rest';
import type { Showing } from './showing';

/** What lessons do to the experiment on the page. */
export interface OnThePage {
  readonly showing: Pick<Showing, 'beginAnew' | 'show' | 'own' | 'remember'>;
  /** Puts a variant in the place of the experiment, as one edit; it gets a run of its own. */
  replace(spec: RunSpec): void;
  train(): Promise<void>;
  /** After what was asked for before: a press of Train that is under way is meant for the run of that time. */
  inTurn(act: () => Promise<void>): Promise<void>;
  /** The address bar tells of the lesson, or no longer does. */
  tellAddress(): void;
}

export class LessonErrands {
  readonly store: LessonStore = createLessons();
  readonly #page: PageStore;
  readonly #rest: Pick<Rest, 'lessons' | 'lesson'>;
  readonly #onThePage: OnThePage;
  /** From before a reload: how far the lesson had come that is opened next. */
  #kept: LessonProgress | null = null;

  constructor(page: PageStore, rest: Pick<Rest, 'lessons' | 'lesson'>, onThePage: OnThePage) {
    this.#page = page;
    this.#rest = rest;
    this.#onThePage = onThePage;
  }

  /** Asks which lessons there are, unless that is known. Where there is no answer, nothing offers one. */
  async list(): Promise<void> {
    if (this.store.getState().list) return;
    const found = await this.#rest.lessons().catch(() => undefined);
    if (found) this.store.setState({ list: found.lessons });
  }

  restore(kept: LessonProgress | null): void {
    this.#kept = kept;
  }

  /**
   * Opens a lesson with its experiment, or with a run of it that is there already.
   *
   * @returns False where the lesson did not come: then its column says why, and the experiment is as it was.
   */
  async open(id: string, run: string | null = null): Promise<boolean> {
    const own = this.store.getState().own ?? this.#onThePage.showing.own();
    const kept = this.#kept?.open === id ? this.#kept : null;
    this.#kept = null;
    this.store.setState({ ...CLOSED, open: id, own, ...kept });
    this.#page.setState({ dataPage: null, showsText: false, notice: null, isPeeking: false });
    try {
      await this.list();
      const { list } = this.store.getState();
      if (list && !list.some((one) => one.id === id)) throw new Error(`There is no lesson called ${id}.`);
      const lesson = await this.#rest.lesson(id);
      if (this.store.getState().open !== id) return true;
      this.store.setState({ lesson, problem: null });
      await this.#onThePage.inTurn(() => this.#begin(id, lesson.spec, run));
      return true;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const again = error instanceof Unreachable ? ' Training goes on.' : '';
      if (this.store.getState().open === id) this.store.setState({ problem: `${problem}${again}` });
      return false;
    }
  }

  async #begin(id: string, spec: RunSpec, run: string | null): Promise<void> {
    if (this.store.getState().open !== id || (run && (await this.#onThePage.showing.show(run)))) return;
    this.store.setState({ stage: 'predict', isMended: false });
    this.#onThePage.showing.beginAnew(spec);
  }

  /** Takes a choice as the prediction. After the first step it stands. */
  predict(choice: number): void {
    if (this.store.getState().stage === 'predict') this.store.setState({ prediction: choice });
  }

  /** The experiment trains: what was predicted stands, and the panels are uncovered. */
  began(): void {
    const { open, stage } = this.store.getState();
    if (open !== null && stage === 'predict') this.store.setState({ stage: 'run' });
  }

  explain(): void {
    this.store.setState({ stage: 'explain' });
  }

  /** Marks one of the things to notice, and its panel. */
  point(mark: number): void {
    this.store.setState({ mark });
  }

  arrange(arrangement: unknown): void {
    this.store.setState({ arrangement });
  }

  /** Trains the experiment with its mistake mended; the run before stands behind it. */
  async mend(): Promise<void> {
    const { lesson } = this.store.getState();
    if (!lesson?.remedy) return;
    this.store.setState({ isMended: true });
    this.#onThePage.replace(lesson.remedy.spec);
    await this.#onThePage.train();
  }

  /** The experiment of the lesson again, at step 0. */
  unmend(): void {
    const { lesson } = this.store.getState();
    this.store.setState({ isMended: false });
    if (lesson) this.#onThePage.replace(lesson.spec);
  }

  /** Closes the lesson and leaves its experiment on the page. */
  takeOver(): void {
    const { own } = this.store.getState();
    this.leave();
    const action = own ? { action: { label: 'Back to my experiment', run: () => void this.#bring(own) } } : {};
    this.#page.setState({
      notice: {
        severity: 'info',
        title: 'The lesson is closed.',
        text: 'Its experiment is yours to change.',
        ...action,
      },
    });
  }

  /** Closes the lesson and brings back what was on the page before it. */
  async back(): Promise<void> {
    const { own } = this.store.getState();
    this.leave();
    if (own) await this.#bring(own);
  }

  /** Another experiment comes on the page: the lesson has no say in it. */
  leave(): void {
    if (this.store.getState().open === null) return;
    this.store.setState(CLOSED);
    this.#onThePage.tellAddress();
  }

  #bring(own: OwnExperiment): Promise<void> {
    this.#page.setState({ notice: null });
    const { showing, inTurn } = this.#onThePage;
    return inTurn(async () => {
      if (!own.run || !(await showing.show(own.run))) showing.beginAnew(own.spec);
      showing.remember(own);
    });
  }
}
