/** The ways to preprocess, with what each is for. */
import type { RunSpec } from '../../generated/schemas';

export type Method = RunSpec['data']['preprocess'];

export interface MethodWords {
  readonly value: Method;
  readonly label: string;
  readonly help: string;
}

export const METHODS: readonly MethodWords[] = [
  { value: 'none', label: 'None', help: 'The network reads the numbers as they are stored.' },
  { value: 'mean_image', label: 'Mean image', help: 'Takes the mean of each pixel, or of each number, off.' },
  { value: 'channel_mean', label: 'Channel mean', help: 'Takes the mean of each channel or column off.' },
  {
    value: 'standardize',
    label: 'Standardise',
    help: 'Each channel or column gets mean 0 and standard deviation 1.',
  },
  { value: 'min_max', label: 'Min–max', help: 'Each channel or column reaches from 0 to 1.' },
  {
    value: 'whiten',
    label: 'Whiten',
    help: 'Numbers become uncorrelated, each with variance 1, and change as little as that allows (ZCA).',
  },
];

export const withMethod = (spec: RunSpec, preprocess: Method): RunSpec => ({
  ...spec,
  data: { ...spec.data, preprocess },
});
