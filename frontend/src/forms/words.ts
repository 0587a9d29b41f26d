/** Short names for fields whose own name is long or a symbol; the rest is the name with spaces. */
const SHORT: Record<string, string> = {
  lr: 'Rate',
  weight_decay: 'Decay',
  amsgrad: 'AMSGrad',
  eps: 'Epsilon',
  lr_decay: 'Rate decay',
  initial_accumulator_value: 'Start sum',
  label_smoothing: 'Smoothing',
  negative_slope: 'Slope',
  nonlinearity: 'Gain for',
  max_steps: 'Max steps',
  eval_every: 'Evaluate',
  clip_grad_norm: 'Clip grad',
  validation_fraction: 'Validation',
};

export function fieldLabel(name: string): string {
  const known = SHORT[name];
  if (known) return known;
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An option of a choice, in words: `fan_in` is 'fan in'. */
export const optionLabel = (option: string): string => option.replaceAll('_', ' ');
