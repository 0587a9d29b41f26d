/** Why a probe of the newest evaluation has nothing to measure. */
import type { CheckedData } from '../generated/schemas';

/** With more classes the server leaves the matrix and the bars out. */
const MOST_CLASSES = 30;
/** With more classes the curves would lie upon each other. */
const MOST_CURVES = 10;

const NO_CLASSES = 'There are no classes: the network predicts numbers.';
const CLASSES = 'The network predicts classes, and this is drawn for numbers only.';
const NO_VALIDATION = 'There are no validation samples to judge by.';

const tooMany = (num: number, what: string) => `With ${num} classes ${what} would be too fine to read.`;

const OF_EVALUATION = new Set(['confusion', 'class_accuracy', 'roc', 'regression_fit', 'residuals', 'examples']);

/** Null where there is something to measure, or where the probe is about something else. */
export function whyNoResult(probe: string, data: CheckedData | null): string | null {
  if (!data || !OF_EVALUATION.has(probe)) return null;
  if (data.num_validation === 0) return NO_VALIDATION;
  const num = data.class_names.length;
  switch (probe) {
    case 'confusion':
      return num === 0 ? NO_CLASSES : num > MOST_CLASSES ? tooMany(num, 'the matrix') : null;
    case 'class_accuracy':
      return num === 0 ? NO_CLASSES : num > MOST_CLASSES ? tooMany(num, 'the bars') : null;
    case 'roc':
      return num === 0 ? NO_CLASSES : num > MOST_CURVES ? tooMany(num, 'the curves') : null;
    case 'regression_fit':
    case 'residuals':
      return num > 0 ? CLASSES : null;
    default:
      return null;
  }
}
