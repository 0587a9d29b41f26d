/** What is said of a sample. */
import { formatCount, formatLoss, formatPercent } from '../../draw/format';
import { formatValue } from '../values';
import type { Verdict } from './rows';

/** Right and wrong are never told by colour alone. */
export const signOf = ({ wrong }: Verdict): string => (wrong === null ? '' : wrong ? '✕' : '✓');

/** `3 as 5` where it is wrong, `0.4, is 0.9` for numbers, and nothing where there are several answers. */
export function answerOf({ label, prediction, wrong }: Verdict): string {
  if (label === null || prediction === null) return prediction ?? label ?? '';
  if (wrong === null) return `${prediction}, is ${label}`;
  return wrong ? `${label} as ${prediction}` : prediction;
}

export const lossText = ({ loss }: Verdict): string => formatLoss(loss);

export const shareText = ({ probability }: Verdict): string => (probability === null ? '' : formatPercent(probability));

/** `98 % · 0.020`: as short as a tile is wide, so of a tiny loss only a bound is told; the side has its value. */
export const numbersOf = (verdict: Verdict): string =>
  [shareText(verdict), tileLoss(verdict.loss)].filter(Boolean).join(' · ');

const LEAST_SHOWN = 1e-3;
const tileLoss = (loss: number): string => (loss > 0 && loss < LEAST_SHOWN ? '<0.001' : formatLoss(loss));

/** One sentence for those who do not see the picture. */
export function sentenceOf(verdict: Verdict): string {
  const { index, label, prediction, wrong } = verdict;
  const parts = [`Sample ${formatCount(index + 1)}`];
  if (label !== null) parts.push(`label ${label}`);
  if (prediction !== null) parts.push(`predicted ${prediction}`);
  if (wrong !== null) parts.push(wrong ? 'wrong' : 'right');
  if (verdict.probability !== null) parts.push(`probability ${shareText(verdict)}`);
  return `${[...parts, `loss ${lossText(verdict)}`].join(', ')}.`;
}

/** A number to tell, as a label is written. */
export const writeNumber = formatValue;
