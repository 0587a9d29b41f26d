/** Where a walk through one step stands, and the words for it. */
import { formatCount, formatNumber, formatShape } from '../../draw/format';
import type { StepItem } from '../../words/frames';

export const PHASES = ['batch', 'forward', 'loss', 'backward', 'update'] as const;
export type Phase = (typeof PHASES)[number];

const WORDS: Readonly<Record<Phase, string>> = {
  batch: 'Batch',
  forward: 'Forward',
  loss: 'Loss',
  backward: 'Backward',
  update: 'Update',
};

export const wordOf = (phase: Phase): string => WORDS[phase];

/** Place of the first item of a phase; −1 where it has none. */
export const startOf = (items: readonly StepItem[], phase: Phase): number =>
  items.findIndex((item) => item.phase === phase);

/** `fc1 · Linear · unit 3 of 16`: where the walk is. */
export const headOf = (item: StepItem): string =>
  ['batch', 'loss', 'update'].includes(item.phase) ? item.title : `${item.node} · ${item.title}`;

/** The same in few words: the name of the node, or what is done. */
export const placeOf = (item: StepItem): string =>
  ['loss', 'update'].includes(item.phase) ? item.title : item.phase === 'batch' ? 'samples' : item.node;

/** `2 → 16`: what goes in and comes out; of a step back the other way. */
export function shapesOf({ phase, input_shapes, output_shape }: StepItem): string {
  const given = output_shape.length > 0 ? formatShape(output_shape) : '';
  const read = input_shapes.map(formatShape).join(' and ');
  if (!read) return given;
  return phase === 'backward' ? `${read} ← ${given}` : `${read} → ${given}`;
}

/** A number of the engine to six digits, so that the arithmetic can be followed; NaN where there is none. */
export const numberOf = (value: number | null): string => (value === null ? '–' : formatNumber(value, 6));

/** What stands below the listed terms. */
export function restOf({ terms, num_terms, rest }: StepItem): string {
  const left = num_terms - terms.length;
  if (left <= 0) return '';
  return rest === null ? `and ${formatCount(left)} more` : `and ${formatCount(left)} more: ${numberOf(rest)}`;
}

/** The layer that the network points at: none while the batch is dealt and the loss computed. */
export const nodeOf = (item: StepItem): string | null =>
  item.phase === 'batch' || item.phase === 'loss' ? null : item.node;

export function summaryOf(items: readonly StepItem[], at: number, step: number): string {
  const item = items[at];
  if (!item) return '';
  const values = item.values.map(({ text, symbol, value }) => `${text || symbol} ${numberOf(value)}`).join(', ');
  return `Step ${formatCount(step + 1)}, phase ${at + 1} of ${items.length}: ${wordOf(item.phase)}, ${headOf(item)}. ${values}.`;
}
