import { describe, expect, it } from 'vitest';
import { spotAt, spotsOf } from './plane';

const sample = (index: number, x: number, y: number) => ({ index, label: 'a', text: null, values: [x, y] });

describe('points under the lamp', () => {
  const spots = spotsOf([sample(4, 0, 0), sample(7, 5, 0), sample(9, 0, -5)], 120, 120);

  it('lie with zero in the middle, y upwards', () => {
    expect(spots.map(({ x, y }) => [x, y])).toEqual([
      [60, 60],
      [110, 60],
      [60, 110],
    ]);
  });

  it('are found by a press on or near them', () => {
    expect(spotAt(spots, 104, 63)?.index).toBe(7);
    expect(spotAt(spots, 60, 60)?.index).toBe(4);
    expect(spotAt(spots, 85, 85)).toBeNull();
  });
});
