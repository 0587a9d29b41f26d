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
  clip_grad_value: 'Clip value',
  decoupled_weight_decay: 'Decoupled',
  momentum_decay: 'Mom. decay',
  warmup_steps: 'Warm-up',
  eta_min: 'Lowest rate',
  min_lr: 'Lowest rate',
  step_size: 'Epochs',
  total_iters: 'Over steps',
  start_factor: 'Start share',
  end_factor: 'End share',
  pct_start: 'Peak at',
  anneal_strategy: 'Shape',
  div_factor: 'Start ÷',
  final_div_factor: 'End ÷',
  three_phase: 'Three parts',
  threshold_mode: 'Compare',
  restore_best: 'Keep best',
  line_search_fn: 'Line search',
  history_size: 'History',
  tolerance_grad: 'Stop gradient',
  tolerance_change: 'Stop change',
  ns_coefficients: 'NS factors',
  ns_steps: 'NS steps',
  adjust_lr_fn: 'Rate by size',
  out_channels: 'Filters',
  out_features: 'Units',
  hidden_size: 'Units',
  kernel_size: 'Kernel',
  in_channels: 'Inputs',
  in_features: 'Inputs',
  input_size: 'Inputs',
  num_features: 'Inputs',
  num_channels: 'Inputs',
  embed_dim: 'Inputs',
  d_model: 'Inputs',
  num_embeddings: 'Tokens',
  embedding_dim: 'Numbers',
  num_layers: 'Layers',
  num_heads: 'Heads',
  num_groups: 'Groups',
  num_pieces: 'Pieces',
  num_classes: 'Classes',
  dim_feedforward: 'Inner units',
  bidirectional: 'Two-way',
  norm_first: 'Norm first',
  ceil_mode: 'Round up',
  count_include_pad: 'Pad counts',
  output_padding: 'Out padding',
  track_running_stats: 'Running',
  elementwise_affine: 'Affine',
  scale_factor: 'Factor',
  num_samples: 'Samples',
  node: 'Layer',
};

export function fieldLabel(name: string): string {
  const known = SHORT[name];
  if (known) return known;
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A sentence in which fields are called as forms call them: 'Set kernel_size to 3' is 'Set kernel to 3'. */
export const inFormWords = (sentence: string, fields: ReadonlySet<string>): string =>
  sentence.replace(/\b[a-z]+(_[a-z]+)+\b/g, (name) => (fields.has(name) ? fieldLabel(name).toLowerCase() : name));

/** An option of a choice, in words: `fan_in` is 'fan in'. */
export const optionLabel = (option: string): string => option.replaceAll('_', ' ');
