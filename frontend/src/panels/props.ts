/** What panels are given. They are pure: they read these and tell what a hand did. */
import type { Range } from '../draw/ticks';
import type { CheckResult, PreviewSample } from '../generated/schemas';
import type { AnalysisStore, AnalysisWish } from '../stores/analyses';
import type { RunRecord } from '../stores/record';
import type { Cursor } from './cursor';

/** What a button inside a panel asks for. */
export type PanelAction =
  | { readonly type: 'train' }
  /** One step, and rest. */
  | { readonly type: 'step' }
  /** Put a batch norm behind each layer that can have one: starts a new run. */
  | { readonly type: 'add_norm'; readonly kind: 'batch_norm' }
  /** Put a dropout before the output layer: starts a new run. */
  | { readonly type: 'add_dropout'; readonly p: number };

/** Samples of 2-D data as the dataset preview gives them: `values` is [x, y]. */
export interface PlanePoints {
  readonly train: readonly PreviewSample[];
  readonly validation: readonly PreviewSample[];
}

/** One unit of the network that a hand points at: the big surface shows it in place of the output. */
export interface Inspected {
  /** The probe with images of the units over the plane. */
  readonly probe: string;
  /** Nodes whose value the unit belongs to; the last one that was measured counts. */
  readonly nodes: readonly string[];
  readonly unit: number;
  /** Such as "hidden 2, unit 5". */
  readonly title: string;
  /** Ends of the scale of its values; null where nothing bounds them. */
  readonly ends: readonly [number, number] | null;
}

/** What is computed when somebody asks, on a copy of the run. */
export interface PanelAnalyses {
  readonly store: AnalysisStore;
  readonly ask: (wish: AnalysisWish) => void;
  readonly cancel: (kind: string) => void;
}

/** A number on a panel, where something beside the panels tells of it. */
export interface PanelMark {
  readonly panel: string;
  readonly isActive: boolean;
}

export interface PanelProps {
  readonly record: RunRecord | null;
  /** The run before the last restart, drawn behind in grey. */
  readonly ghost: RunRecord | null;
  /** Where the step axis ends; 0 where no end is planned. */
  readonly plannedSteps: number;
  readonly stepsPerEpoch: number;
  /** Such as "cross-entropy". */
  readonly lossTitle: string;
  readonly task: 'classification' | 'regression';
  readonly cursor: Cursor;
  readonly onAction: (action: PanelAction) => void;
  /** Of the draft: holds until there is a run to look at, and while another one is made of it. */
  readonly check?: CheckResult | null;
  readonly points?: PlanePoints | null;
  readonly inspected?: Inspected | null;
  /** Time travel: the step that every panel shows; null is the newest. */
  readonly viewStep?: number | null;
  readonly analyses?: PanelAnalyses;
  /** Place in the validation part of the sample that the pictures show. */
  readonly sample?: number | null;
  /** A hand chose that sample, so that it is marked where many are. */
  readonly isSampleChosen?: boolean;
  /** Shows another sample of the validation part, in every panel. */
  readonly onSample?: (index: number) => void;
  /** Looks at the samples of one class (its number) that were taken for another. */
  readonly onConfused?: (label: number, prediction: number) => void;
  /** Told at each drawing which steps of which curves of a run are in sight: they may get more points there. */
  readonly onView?: (record: RunRecord, curves: readonly string[], steps: Range) => void;
  /** Panels that are told of, by number: 1 is the first. */
  readonly marks?: readonly PanelMark[];
  /** Points at a layer of the network while something is told of it; null lets go. */
  readonly onNode?: (node: string | null) => void;
}

/** Of the network whose values are shown: that of the run, whatever the draft has become meanwhile. */
export function checkOf({ check, record }: Pick<PanelProps, 'check' | 'record'>): CheckResult | null {
  const own = record?.view?.check ?? null;
  return record?.isBeingReplaced ? (check ?? own) : (own ?? check ?? null);
}

export const classNamesOf = (props: PanelProps): readonly string[] => checkOf(props)?.data?.class_names ?? [];
