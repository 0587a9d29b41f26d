/** Which curves a series panel draws, and how their values are written. */
import { formatFixed, formatLoss, formatNumber } from '../../draw/format';
import { classNamesOf, type PanelProps } from '../props';

export type Role = 'train' | 'validation' | 'plain';

export interface CurvePlan {
  /** Name in the curve store. */
  readonly curve: string;
  readonly name: string;
  readonly role: Role;
}

export interface SeriesPlan {
  readonly title: string;
  /** One line on what it shows. */
  readonly help: string;
  readonly unit: (props: PanelProps) => string;
  readonly curves: readonly CurvePlan[];
  /** Stored values are multiplied by this: 100 writes a share in percent. */
  readonly factor: number;
  /** Values cannot lie beyond these. */
  readonly bounds: readonly [number, number];
  /** On a linear axis 0 is always inside. */
  readonly fromZero?: boolean;
  /** True where the value belongs beside the name at the end of a line. */
  readonly saysValue: boolean;
  /** True in the one panel where marks have words; the others show their lines. */
  readonly saysMarks: boolean;
  readonly format: (value: number) => string;
  /** A level that means something, such as the loss of guessing. */
  readonly reference: (props: PanelProps) => { value: number; text: string } | null;
}

const both = (quantity: string): CurvePlan[] => [
  { curve: `train/${quantity}`, name: 'train', role: 'train' },
  { curve: `val/${quantity}`, name: 'validation', role: 'validation' },
];

const NO_BOUNDS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** ln(classes): what cross-entropy costs when every class is equally likely. */
function chance(props: PanelProps): { value: number; text: string } | null {
  const names = classNamesOf(props);
  const isCrossEntropy = /cross.?entropy/i.test(props.lossTitle);
  if (props.task !== 'classification' || !isCrossEntropy || names.length < 2) return null;
  return { value: Math.log(names.length), text: `ln ${names.length}: chance` };
}

export const LOSS: SeriesPlan = {
  title: 'Loss',
  help: 'What training makes small: of each batch, and of the validation part.',
  unit: (props) => props.lossTitle,
  curves: both('loss'),
  factor: 1,
  bounds: NO_BOUNDS,
  saysValue: false,
  saysMarks: true,
  format: formatLoss,
  reference: chance,
};

export const ACCURACY: SeriesPlan = {
  title: 'Accuracy',
  help: 'Share of right answers, in training and in validation.',
  unit: () => '%',
  curves: both('accuracy'),
  factor: 100,
  bounds: [0, 100],
  saysValue: true,
  saysMarks: false,
  format: (value) => formatFixed(value, 1),
  reference: () => null,
};

export const ABSOLUTE_ERROR: SeriesPlan = {
  title: 'Error',
  help: 'Mean distance between answer and target, in training and in validation.',
  unit: () => 'mean absolute',
  curves: both('mae'),
  factor: 1,
  bounds: [0, Number.POSITIVE_INFINITY],
  saysValue: true,
  saysMarks: false,
  format: formatLoss,
  reference: () => null,
};

export const LEARNING_RATE: SeriesPlan = {
  title: 'Learning rate',
  help: 'The step size as the schedule and you have set it.',
  unit: () => '',
  curves: [{ curve: 'optimizer/lr', name: 'rate', role: 'plain' }],
  factor: 1,
  bounds: [0, Number.POSITIVE_INFINITY],
  fromZero: true,
  saysValue: true,
  saysMarks: false,
  format: (value) => formatNumber(value),
  reference: () => null,
};

export const SEQUENCE_ACCURACY: SeriesPlan = {
  title: 'Whole sequences',
  help: 'Share of validation sequences with the right answer at every step.',
  unit: () => '% right at every step',
  curves: [{ curve: 'val/sequence_accuracy', name: 'validation', role: 'validation' }],
  factor: 100,
  bounds: [0, 100],
  saysValue: true,
  saysMarks: false,
  format: (value) => formatFixed(value, 1),
  reference: () => null,
};

/** What guessing among all tokens costs. */
function allTokens(props: PanelProps): { value: number; text: string } | null {
  const names = classNamesOf(props);
  return names.length < 2 ? null : { value: names.length, text: `${names.length}: chance` };
}

export const PERPLEXITY: SeriesPlan = {
  title: 'Perplexity',
  help: 'Between how many equally likely tokens the network hesitates: e to the cross-entropy of the validation part.',
  unit: () => 'tokens',
  curves: [{ curve: 'val/perplexity', name: 'validation', role: 'validation' }],
  factor: 1,
  bounds: [1, Number.POSITIVE_INFINITY],
  saysValue: true,
  saysMarks: false,
  format: (value) => formatFixed(value, 2),
  reference: allTokens,
};
