/** What a series panel lets one choose. */
import type { Choice } from '../drawing';

export const SMOOTHING: Choice = {
  name: 'smoothing',
  standard: '0.9',
  label: 'Smoothing',
  place: 'menu',
  values: ['0', '0.5', '0.9', '0.97', '0.99'].map((value) => ({ value, label: value === '0' ? 'off' : value })),
};
export const SCALE: Choice = {
  name: 'scale',
  label: 'Value axis',
  place: 'menu',
  values: [
    { value: 'linear', label: 'linear' },
    { value: 'log', label: 'log' },
  ],
};
export const STEP_UNIT: Choice = {
  name: 'unit',
  label: 'Step axis',
  place: 'menu',
  values: [
    { value: 'steps', label: 'steps' },
    { value: 'epochs', label: 'epochs' },
  ],
};
