import { describe, expect, it } from 'vitest';
import type { Recording } from '../generated/schemas';
import { keptText, thinnedText } from './recorded';

const probe = (name: string, every: number) => ({ probe: name, every, num_measured: 90, num_kept: 40, bytes: 1000 });
const recording = (...probes: Recording['probes']): Recording => ({
  num_frames: 1234,
  bytes: 12_420_000,
  most_bytes: 100_000_000,
  most_frames: 200,
  probes,
});
const plain = (text: string): string => text.replaceAll(/[\u00a0\u2009\u202f]/g, ' ');
const titleOf = (name: string): string => ({ feature_maps: 'Feature maps', roc: 'ROC' })[name] ?? name;
const thinned = (...probes: Recording['probes']): string => plain(thinnedText(recording(...probes), titleOf));

describe('what is kept of a run', () => {
  it('names frames, bytes and the budget of the server', () => {
    expect(plain(keptText(recording()))).toBe('1 234 frames, 12.4 MB of at most 100 MB');
    expect(plain(keptText({ ...recording(), num_frames: 1, most_bytes: 64e6 }))).toBe(
      '1 frame, 12.4 MB of at most 64 MB',
    );
  });

  it('says that nothing is thinned yet', () =>
    expect(thinned(probe('weights', 1))).toBe('Every frame is kept so far; at most 200 of one measurement.'));

  it('names the stride of each measurement, the widest first', () => {
    expect(thinned(probe('weights', 2), probe('feature_maps', 32), probe('roc', 2), probe('gradients', 1))).toBe(
      'Thinned evenly over the whole run, at most 200 of one measurement: ' +
        'of feature maps every 32nd is kept, of weights and ROC every 2nd, of the others all.',
    );
    expect(thinned(probe('weights', 64))).toMatch(/: of weights every 64th is kept\.$/);
  });
});
