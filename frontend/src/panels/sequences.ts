/** Why a panel about sequences has nothing to show for a network. */
import type { CheckResult } from '../generated/schemas';

/** Of larger states the server leaves the spectrum out: its time grows with the third power. */
const MOST_UNITS = 256;

const RECURRENT = /^(rnn|lstm|gru)$/;
const ATTENTION = /^(attention|multi_head_attention|transformer_block)$/;

interface Reason {
  readonly text: string;
}

const NO_RECURRENT: Reason = { text: 'This network has no recurrent layer.' };
const NO_SAMPLE: Reason = { text: 'There is no validation sample to show.' };

const has = (check: CheckResult, pattern: RegExp): boolean => check.nodes.some((node) => pattern.test(node.kind));

/** Units of a recurrent layer: the columns of its matrix from state to state. */
const unitsOf = (check: CheckResult): number[] =>
  check.nodes.filter((node) => RECURRENT.test(node.kind)).map((node) => node.parameter_shapes.weight_hh_l0?.[1] ?? 0);

function whyNoSpectrum(check: CheckResult): Reason | null {
  const units = unitsOf(check);
  if (units.length === 0) return NO_RECURRENT;
  return Math.min(...units) > MOST_UNITS
    ? { text: `The spectrum of more than ${MOST_UNITS} units takes too long.` }
    : null;
}

/** True where the network answers at each step of a sequence. */
const answersSteps = ({ data }: CheckResult): boolean =>
  data?.input_kind === 'sequence' && data.class_names.length > 0 && data.output_shape.length > 1;

function whyNoText(check: CheckResult): Reason | null {
  const { data } = check;
  if (!answersSteps(check) || !data?.input_is_index)
    return { text: 'The network does not answer with the next token.' };
  const isText = !data.has_decoder_input && data.padding_token === null && data.class_names.length === data.num_tokens;
  return isText ? null : { text: 'What it answers with are not the tokens that it reads.' };
}

/** @param id Of a probe, or of a panel of curves. */
export function whyNoSequence(id: string, check: CheckResult): Reason | null {
  const noSample = check.data?.num_validation === 0 ? NO_SAMPLE : null;
  switch (id) {
    case 'recurrent_states':
      return has(check, RECURRENT) ? noSample : NO_RECURRENT;
    case 'gradient_lags':
      return has(check, RECURRENT) ? null : NO_RECURRENT;
    case 'recurrent_spectrum':
      return whyNoSpectrum(check);
    case 'attention_maps':
      return has(check, ATTENTION) ? noSample : { text: 'This network has no attention.' };
    case 'embedding_plane':
      return has(check, /^embedding$/) ? null : { text: 'This network has no embedding.' };
    case 'position_table':
      return has(check, /^positional_encoding$/) ? null : { text: 'This network has no positional encoding.' };
    case 'sampled_text':
      return whyNoText(check) ?? noSample;
    case 'sequence_accuracy':
      return answersSteps(check) ? null : { text: 'There is one answer for each sample, not one at each step.' };
    case 'perplexity':
      return answersSteps(check) && check.data?.input_is_index
        ? null
        : { text: 'Perplexity is for networks that answer with a token at each step.' };
    default:
      return null;
  }
}
