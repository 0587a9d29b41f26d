import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../generated/schemas';
import { whyNoSequence } from './sequences';

const node = (kind: string, units = 8) => ({ kind, parameter_shapes: { weight_hh_l0: [4 * units, units] } });
const text = {
  input_kind: 'sequence',
  input_is_index: true,
  has_decoder_input: false,
  padding_token: null,
  num_tokens: 3,
  class_names: ['a', 'b', '␣'],
  output_shape: [40, 3],
  num_validation: 10,
};
const check = (kinds: object[], data: object = {}): CheckResult =>
  ({ nodes: kinds, data: { ...text, ...data } }) as unknown as CheckResult;

describe('why a panel about sequences is empty', () => {
  const model = check([node('embedding'), node('lstm'), node('linear')]);

  it.each(['recurrent_states', 'gradient_lags', 'recurrent_spectrum', 'embedding_plane', 'sampled_text', 'perplexity'])(
    'has %s for a model of text',
    (id) => expect(whyNoSequence(id, model)).toBeNull(),
  );

  it('names the layer that is missing', () => {
    expect(whyNoSequence('attention_maps', model)?.text).toBe('This network has no attention.');
    expect(whyNoSequence('gradient_lags', check([node('linear')]))?.text).toBe('This network has no recurrent layer.');
    expect(whyNoSequence('position_table', model)).not.toBeNull();
    expect(whyNoSequence('activations', model)).toBeNull();
  });

  it('says when a spectrum would take too long', () => {
    expect(whyNoSequence('recurrent_spectrum', check([node('rnn', 300)]))?.text).toContain('256 units');
    expect(whyNoSequence('recurrent_spectrum', check([node('rnn', 300), node('gru', 256)]))).toBeNull();
  });

  it('wants answers at each step for text, and the same tokens on both sides', () => {
    const once = check([node('lstm')], { output_shape: [2] });
    for (const id of ['sampled_text', 'perplexity', 'sequence_accuracy'])
      expect(whyNoSequence(id, once)).not.toBeNull();
    const other = check([node('lstm')], { num_tokens: 10 });
    expect(whyNoSequence('sampled_text', other)?.text).toContain('not the tokens');
    expect(whyNoSequence('sequence_accuracy', other)).toBeNull();
    expect(whyNoSequence('sampled_text', check([node('lstm')], { num_validation: 0 }))?.text).toContain('validation');
  });
});
