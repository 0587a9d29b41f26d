/** What the server says of learning rates. */

/** The learning rate of each step of a run that is not yet there. */
export interface SchedulePreview {
  readonly steps: readonly number[];
  readonly rates: readonly number[];
}

/** What a range test shows. */
export interface RateSuggestion {
  /** Null where the test shows no good rate. */
  readonly rate: number | null;
  /** In a sentence. */
  readonly why: string;
  readonly curve: { readonly rates: readonly number[]; readonly smoothed: readonly (number | null)[] } | null;
}
