/** The lesson beside the experiment: which one, how far it has come, and what was on the page before it. */
import { createStore } from 'zustand/vanilla';
import type { Lesson, LessonSummary, RunSpec } from '../generated/schemas';

/** Predict, run, explain. */
export type LessonStage = 'predict' | 'run' | 'explain';

/** A person's own experiment, kept while a lesson has the page. */
export interface OwnExperiment {
  readonly spec: RunSpec;
  /** The run that stood for it, where that had trained; it is shown again. */
  readonly run: string | null;
  /** Its edits, for undo and redo. They do not outlive a reload. */
  readonly past: readonly { readonly spec: RunSpec | null }[];
  readonly future: readonly { readonly spec: RunSpec | null }[];
}

/** How far a lesson has come: what outlives a reload. */
export interface LessonProgress {
  /** Id of the lesson that is open; null while none is. */
  readonly open: string | null;
  readonly stage: LessonStage;
  /** Which choice was taken, counted from 0. */
  readonly prediction: number | null;
  /** True while the experiment with its mistake mended is on the page. */
  readonly isMended: boolean;
  readonly own: OwnExperiment | null;
}

export interface Lessons extends LessonProgress {
  /** All there are; null until they came. */
  readonly list: readonly LessonSummary[] | null;
  /** The open one; null while it is on its way. */
  readonly lesson: Lesson | null;
  /** Why it did not come. */
  readonly problem: string | null;
  /** Which of the things to notice is marked, counted from 0. */
  readonly mark: number;
  /** Panels as they were arranged by hand in this lesson; null: as it says. */
  readonly arrangement: unknown;
}

export const CLOSED: Omit<Lessons, 'list'> = {
  open: null,
  stage: 'predict',
  prediction: null,
  isMended: false,
  own: null,
  lesson: null,
  problem: null,
  mark: 0,
  arrangement: null,
};

export const createLessons = () => createStore<Lessons>()(() => ({ ...CLOSED, list: null }));

export type LessonStore = ReturnType<typeof createLessons>;

/** The lesson that is about a kind of diagnosis, or at least explains it; undefined where there is none. */
export function lessonFor(list: readonly LessonSummary[] | null, kind: string): LessonSummary | undefined {
  const found = (list ?? []).filter(({ diagnoses }) => diagnoses.includes(kind));
  return found.sort((a, b) => a.diagnoses.indexOf(kind) - b.diagnoses.indexOf(kind))[0];
}

/** What the panels hide until something was predicted. */
export const isCovered = ({ open, stage }: LessonProgress): boolean => open !== null && stage === 'predict';

const STAGES: readonly unknown[] = ['predict', 'run', 'explain'];

/** What was kept of a lesson over a reload, which anything may have written; null for what is not that. */
export function readProgress(text: string | null): LessonProgress | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<LessonProgress> | null;
    if (typeof kept?.open !== 'string' || !STAGES.includes(kept.stage)) return null;
    const { open, stage, prediction = null, isMended = false, own = null } = kept;
    return { open, stage: stage as LessonStage, prediction, isMended, own };
  } catch {
    return null;
  }
}

/** The progress as it is kept; null while no lesson is open. */
export function progressText({ open, stage, prediction, isMended, own }: LessonProgress): string | null {
  if (open === null) return null;
  return JSON.stringify({ open, stage, prediction, isMended, own: own && { ...own, past: [], future: [] } });
}
