/** Analyses that this page asked for, the latest of each kind, for one run. */
import type { AnalysisView } from '../generated/schemas';
import type { DecodedFrame } from '../words/frames';
import { type Schedule, Signal } from './signal';

export interface AnalysisWish {
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The nearest kept state at or before it; null: as the run is now. */
  readonly atStep: number | null;
  readonly sample: number | null;
}

export interface FieldProblem {
  readonly field: string;
  readonly text: string;
}

/** How the latest wish of a kind stands. */
export interface Asked {
  readonly wish: AnalysisWish | null;
  readonly status: 'idle' | 'asking' | AnalysisView['status'];
  readonly progress: number;
  /** Why it failed, and what can be done. */
  readonly reason: string | null;
  /** Refused because there is nothing to find in such a network. */
  readonly isInapplicable: boolean;
  readonly problems: readonly FieldProblem[];
  /** When it began to be computed, milliseconds; null before. */
  readonly beganAt: number | null;
  /** How long the server needed for the latest that is done. */
  readonly seconds: number | null;
  /** The latest result, kept while the next one is computed. */
  readonly frame: DecodedFrame | null;
}

const IDLE: Asked = {
  wish: null,
  status: 'idle',
  progress: 0,
  reason: null,
  isInapplicable: false,
  problems: [],
  beganAt: null,
  seconds: null,
  frame: null,
};

export class AnalysisStore extends Signal {
  #run: string | null = null;
  #asked = new Map<string, Asked>();

  constructor(schedule?: Schedule) {
    super(schedule);
  }

  get run(): string | null {
    return this.#run;
  }

  /** The page shows another run. */
  begin(run: string | null): void {
    if (run === this.#run) return;
    this.#run = run;
    this.#asked = new Map();
    this.changed();
  }

  of(kind: string): Asked {
    return this.#asked.get(kind) ?? IDLE;
  }

  set(kind: string, parts: Partial<Asked>): void {
    this.#asked.set(kind, { ...this.of(kind), ...parts });
    this.changed();
  }
}

/** True while an answer is to come. */
export const isOpen = ({ status }: Asked): boolean => ['asking', 'waiting', 'running'].includes(status);
