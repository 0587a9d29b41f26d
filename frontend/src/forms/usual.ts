/** The usual range of well-known fields, so that a drag moves them as a practitioner would. */
import type { Limits, Scale } from './stepping';

const linear = (low: number, high: number, step: number): Scale => ({ kind: 'linear', low, high, step });
const log = (low: number, high: number): Scale => ({ kind: 'log', low, high, step: 0 });
const doubling = (low: number, high: number): Scale => ({ kind: 'doubling', low, high, step: 0 });

const BY_NAME: Record<string, Scale> = {
  lr: log(1e-5, 1),
  weight_decay: log(1e-6, 0.1),
  l1: log(1e-6, 0.1),
  l2: log(1e-6, 0.1),
  eps: log(1e-10, 1e-2),
  lr_decay: log(1e-6, 0.1),
  momentum: linear(0, 1, 0.01),
  dampening: linear(0, 1, 0.05),
  alpha: linear(0, 1, 0.01),
  betas: linear(0, 1, 0.01),
  p: linear(0, 0.9, 0.05),
  dropout: linear(0, 0.9, 0.05),
  label_smoothing: linear(0, 0.5, 0.01),
  batch_size: doubling(1, 1024),
  epochs: linear(1, 100, 1),
  samples: log(50, 20_000),
  noise: linear(0, 1, 0.05),
  seed: linear(0, 100, 1),
  validation_fraction: linear(0, 0.5, 0.05),
  clip_grad_norm: log(0.01, 100),
  max_steps: log(10, 10_000),
  max_steps_per_second: log(1, 1000),
  eval_every: log(1, 1000),
  subset: log(10, 10_000),
  gamma: linear(0, 1, 0.05),
  std: log(1e-4, 1),
  gain: linear(0, 5, 0.1),
  patience: linear(1, 50, 1),
  length: linear(4, 48, 1),
  eta_min: log(1e-6, 0.1),
  min_lr: log(1e-6, 0.1),
  warmup_steps: log(1, 1000),
  total_iters: log(1, 10_000),
  T_max: log(1, 200),
  T_0: linear(1, 50, 1),
  T_mult: linear(1, 4, 1),
  step_size: linear(1, 50, 1),
  min_delta: log(1e-5, 0.1),
  threshold: log(1e-6, 0.1),
  div_factor: log(1, 1000),
  final_div_factor: log(1, 1e6),
  clip_grad_value: log(0.01, 100),
  momentum_decay: log(1e-4, 0.1),
};

/** The scale of a field: the known one, or what its limits suggest. */
export function usualScale(name: string, limits: Limits): Scale {
  const known = BY_NAME[name];
  if (known) return known;
  const low = limits.low ?? 0;
  const high = limits.high !== null && limits.high <= 1e5 ? limits.high : low + (limits.isWhole ? 100 : 1);
  return linear(low, high, limits.isWhole ? 1 : (high - low) / 100);
}
