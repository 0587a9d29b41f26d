/** What a panel asks for: the fields of its form, the step and the sample that the page shows. */

import { type Field, fieldsOf } from '../../forms/schema';
import type { Kind } from '../../generated/schemas';
import type { AnalysisWish, Asked } from '../../stores/analyses';
import { isOpen } from '../../stores/analyses';
import type { Options } from '../drawing';
import type { PanelProps } from '../props';
import { isQuick, readsState, showsSample } from './shown';

/** Options of a panel that hold the fields changed by hand, as JSON, and whether it follows the training. */
export const PARAMS = 'params';
export const FOLLOW = 'follow';

export type Params = Readonly<Record<string, unknown>>;

/** The fields that were changed by hand; what cannot be read counts as none. */
export function changedParams(options: Options): Params {
  try {
    const found: unknown = JSON.parse(options[PARAMS] || '{}');
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Params) : {};
  } catch {
    return {};
  }
}

/** The value of each field: as changed, else its default. */
export function valuesOf(fields: readonly Field[], changed: Params): Params {
  return Object.fromEntries(fields.map(({ name, initial }) => [name, name in changed ? changed[name] : initial]));
}

/** The option after one field was changed. */
export function withParam(fields: readonly Field[], options: Options, name: string, value: unknown): string {
  const kept = { ...changedParams(options), [name]: value };
  const initial = new Map(fields.map((field) => [field.name, JSON.stringify(field.initial)]));
  const differing = Object.entries(kept).filter(([key, one]) => JSON.stringify(one) !== initial.get(key));
  return differing.length > 0 ? JSON.stringify(Object.fromEntries(differing)) : '';
}

export function wishOf(kind: Kind, props: PanelProps, options: Options): AnalysisWish {
  const names = new Set(fieldsOf(kind).map(({ name }) => name));
  const params = Object.fromEntries(Object.entries(changedParams(options)).filter(([name]) => names.has(name)));
  return {
    kind: kind.kind,
    params,
    atStep: readsState(kind) ? (props.viewStep ?? null) : null,
    sample: showsSample(kind) ? (props.sample ?? 0) : null,
  };
}

export const isSameWish = (one: AnalysisWish | null, other: AnalysisWish): boolean =>
  one !== null && JSON.stringify(one) === JSON.stringify(other);

export const follows = (kind: Kind, options: Options): boolean =>
  readsState(kind) && (options[FOLLOW] ?? (isQuick(kind) ? 'on' : 'off')) === 'on';

/** Pause between two results of one that follows the training, milliseconds; longer where it costs more. */
export const pauseOf = (asked: Asked): number => Math.max(1000, 4000 * (asked.seconds ?? 0));

/** Whether a visible panel asks by itself now. */
export function isDue(kind: Kind, props: PanelProps, options: Options, asked: Asked): boolean {
  const wish = wishOf(kind, props, options);
  if (isOpen(asked)) return isQuick(kind) && !isSameWish(asked.wish, wish);
  const isRefused = asked.status === 'failed' || asked.status === 'cancelled';
  if (!isSameWish(asked.wish, wish)) return isQuick(kind) && !(isRefused && asked.isInapplicable);
  if (isRefused || !asked.frame || !follows(kind, options)) return false;
  return wish.atStep === null && (props.record?.progress.step ?? 0) > asked.frame.step;
}
