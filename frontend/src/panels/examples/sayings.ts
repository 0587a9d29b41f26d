/** What is said of one sample: short below its picture, whole for those who point at it or do not see it. */
import { formatCount, formatLoss, formatNumber, formatPercent } from '../../draw/format';
import type { ExamplesItem } from '../../words/frames';

export type Example = ExamplesItem['examples'][number];

/** The sign before the words, and its name: right and wrong are never told by colour alone. */
export const signOf = ({ wrong }: Example): string => (wrong === null ? '' : wrong ? '✕' : '✓');

/** Label and prediction: `3 as 5` where it is wrong. */
export function answerOf({ label, prediction, wrong }: Example): string {
  if (wrong === null && label !== null && prediction !== null) return `${prediction}, is ${label}`;
  if (wrong && label !== null && prediction !== null) return `${label} as ${prediction}`;
  return prediction ?? label ?? '';
}

/** Value, probability and loss: `98 % · 0.020`. */
export function numbersOf({ value, probability, loss }: Example): string {
  const parts = [
    value === null ? '' : formatNumber(value),
    probability === null ? '' : formatPercent(probability),
    loss === null ? '' : formatLoss(loss),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What the numbers of a group are, for the head of the panel. */
export function unitOf({ examples }: ExamplesItem): string {
  const names = ['value', 'probability', 'loss'] as const;
  return names.filter((name) => examples.some((one) => one[name] !== null)).join(', ');
}

/** The same with their names, a line each, where one sample has the panel for itself. */
export function namedNumbersOf({ value, probability, loss, heat }: Example): string {
  const parts = [
    value === null ? '' : `${heat ? 'hottest place' : 'value'} ${formatNumber(value)}`,
    probability === null ? '' : `probability ${formatPercent(probability)}`,
    loss === null ? '' : `loss ${formatLoss(loss)}`,
  ];
  return parts.filter(Boolean).join('\n');
}

/** One sentence with everything. */
export function sentenceOf(example: Example): string {
  const { index, label, prediction, probability, loss, wrong, text, caption } = example;
  const parts = [
    `sample ${formatCount(index)}`,
    text === null ? '' : `“${text}”`,
    caption ?? '',
    label === null ? '' : `label ${label}`,
    prediction === null ? '' : `predicted ${prediction}`,
    probability === null ? '' : `probability ${formatPercent(probability, 1)}`,
    loss === null ? '' : `loss ${formatLoss(loss)}`,
    wrong === null ? '' : wrong ? 'wrong' : 'right',
  ];
  return parts.filter(Boolean).join(', ');
}
