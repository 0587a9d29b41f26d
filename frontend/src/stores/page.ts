/** What the page shows beside the experiment: which run, the check, the connection, what is selected. */
import { createStore } from 'zustand/vanilla';
import type { Catalog, CheckResult, DatasetPreview, Problem, RunSpec, RunView } from '../generated/schemas';
import type { ConnectionState } from '../words/connection';
import { LAMP, type Lamp } from './lamp';
import type { RunRecord } from './record';

/** One sentence to the user, with what can be done about it. It stays until dismissed or replaced. */
export interface Notice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** True where it tells of an edit that makes a new run, and stays when that is shown; false: the next run ends it. */
  readonly outlastsRun?: boolean;
}

/** The pages of the view of the data: choose a set, bring one's own, look at samples, prepare them. */
export type DataPage = 'choose' | 'own' | 'look' | 'prepare';

/** Where a layer is to be added: behind what a source gives, on one edge, or before the answer of the network. */
export type AddPlace =
  | { readonly kind: 'behind'; readonly source: string }
  | { readonly kind: 'edge'; readonly to: string; readonly index: number }
  | { readonly kind: 'end' };

export type Access = 'opening' | 'open' | 'signed_out' | 'gone';

export interface Page {
  readonly access: Access;
  readonly catalog: Catalog | null;
  readonly record: RunRecord | null;
  /** The run before the last restart, drawn behind the new one. */
  readonly ghost: RunRecord | null;
  readonly runs: readonly RunView[];
  readonly check: CheckResult | null;
  /** The spec that `check` is of. */
  readonly checked: RunSpec | null;
  readonly isChecking: boolean;
  readonly preview: DatasetPreview | null;
  readonly previewProblem: string | null;
  readonly connection: ConnectionState;
  readonly notice: Notice | null;
  /** A node that a panel tells something of at this moment. */
  readonly pointed: string | null;
  /** A panel that is to be opened. */
  readonly wantedPanel: string | null;
  /** The node whose fields are open. */
  readonly selected: string | null;
  /** All nodes that are selected, where there are several; without the open one among them it is from before. */
  readonly marked: readonly string[];
  /** Where the search for a layer to add puts it; null while it is closed. */
  readonly adding: AddPlace | null;
  /** Blocks that were folded (true) or unfolded by hand. */
  readonly folds: Readonly<Record<string, boolean>>;
  /** Counts how often the whole network was asked to be in sight. */
  readonly fitsAsked: number;
  /** Counts how often another experiment was put on the page. */
  readonly openings: number;
  readonly sample: number;
  /** A hand chose it; until then it is only the first. */
  readonly isSampleChosen: boolean;
  /** Time travel: the step that every panel shows; null is the newest. */
  readonly viewStep: number | null;
  /** True while a hand holds the past aside to see the present. */
  readonly isPeeking: boolean;
  /** True from the press on "Fork from step" until the fork is there: the past is on the screen, but is no more the matter. */
  readonly isForking: boolean;
  /** Presenter mode: everything larger, settings hidden, two panels at most. */
  readonly isPresenting: boolean;
  /** The view of the data in place of network and panels; null while it is closed. */
  readonly dataPage: DataPage | null;
  /** Which samples the page of samples shows. */
  readonly lamp: Lamp;
  /** True while the network is shown as text. */
  readonly showsText: boolean;
  /** As what the experiment is written out. */
  readonly textForm: 'json' | 'python' | 'rest';
  /** Text of the experiment that was typed and not applied yet. */
  readonly typedText: string | null;
  /** Steps since which a live field holds, by path: shown beside the field. */
  readonly confirmed: Readonly<Record<string, number>>;
  /** What the server said against a field, by path. */
  readonly refused: readonly Problem[];
  /** True from a press until the server did it: the button waits, so that nothing is asked twice. */
  readonly isBusy: boolean;
}

export const createPage = () =>
  createStore<Page>()(() => ({
    access: 'opening',
    catalog: null,
    record: null,
    ghost: null,
    runs: [],
    check: null,
    checked: null,
    isChecking: false,
    preview: null,
    previewProblem: null,
    connection: { state: 'connecting' },
    notice: null,
    pointed: null,
    wantedPanel: null,
    selected: null,
    marked: [],
    adding: null,
    folds: {},
    fitsAsked: 0,
    openings: 0,
    sample: 0,
    isSampleChosen: false,
    viewStep: null,
    isPeeking: false,
    isForking: false,
    isPresenting: false,
    dataPage: null,
    lamp: LAMP,
    showsText: false,
    textForm: 'json',
    typedText: null,
    confirmed: {},
    refused: [],
    isBusy: false,
  }));

/** The step that is on the screen; null is the newest. */
export const shownStep = ({ viewStep, isPeeking }: Pick<Page, 'viewStep' | 'isPeeking'>): number | null =>
  isPeeking ? null : viewStep;

export type PageStore = ReturnType<typeof createPage>;
