/** What a network lacks for the panels of norms and dropout, and what would mend it. */
import type { CheckResult } from '../../generated/schemas';
import type { Offer } from '../drawing';

export interface Lack {
  readonly text: string;
  readonly offer?: Offer;
}

const NO_NORM: Lack = { text: 'This network has no normalisation layer.', offer: 'add_norm' };
const NO_PLANE: Lack = { text: 'The data are not points in a plane.' };
const NO_CLASSES: Lack = { text: 'There are no classes: the network predicts numbers.' };

const hasKind = (check: CheckResult, pattern: RegExp): boolean => check.nodes.some((node) => pattern.test(node.kind));

/** A norm of its own, or one inside a block, which shows by its parameters. */
const hasNorm = (check: CheckResult): boolean =>
  hasKind(check, /norm/) ||
  check.nodes.some((node) => Object.keys(node.parameter_shapes).some((name) => /norm/.test(name)));

const hasDropout = (check: CheckResult): boolean =>
  hasKind(check, /^(dropout|dropout2d|multi_head_attention|transformer_block)$/);

const isPlane = ({ data }: CheckResult): boolean =>
  data?.input_kind === 'points' && data.input_shape.length === 1 && data.input_shape[0] === 2;

/** Dropout goes before the output layer, so there must be something before it. */
const noDropout = (check: CheckResult): Lack => ({
  text: 'This network has no dropout.',
  ...(check.nodes.length > 1 ? { offer: 'add_dropout' } : {}),
});

/** Null where nothing is lacking, or the panel is none of these. */
export function lacking(panel: string, check: CheckResult, task: string): Lack | null {
  switch (panel) {
    case 'norm_statistics':
    case 'batch_noise':
      return hasNorm(check) ? null : NO_NORM;
    case 'train_and_eval':
      return hasNorm(check) || hasDropout(check) ? null : NO_NORM;
    case 'monte_carlo_plane':
      if (!isPlane(check)) return NO_PLANE;
      return hasDropout(check) ? null : noDropout(check);
    case 'dropout_masks':
    case 'dropout_scaling':
    case 'monte_carlo_dropout':
      return hasDropout(check) ? null : noDropout(check);
    case 'calibration':
      return task === 'classification' ? null : NO_CLASSES;
    default:
      return null;
  }
}
