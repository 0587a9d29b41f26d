import { describe, expect, it } from 'vitest';
import { FrameStore } from '../stores/frames';
import type { DecodedFrame } from '../words/frames';
import { insideOf, masksOf, paintMask } from './inside';

const item = (node: string, title: string, values: readonly number[], shape: readonly [number, number]) => ({
  node,
  title,
  values: { data: Float32Array.from(values), shape },
});
const frames = (probe: string, items: object[]): FrameStore => {
  const store = new FrameStore(() => undefined);
  store.push({ probe, data_shape: 'heatmap', step: 1, items } as unknown as DecodedFrame);
  return store;
};

describe('what a card shows of the inside of its layer', () => {
  it('is where attention looks, a map for each head, small shares lifted', () => {
    const store = frames('attention_maps', [
      item('attend', 'head 1', [1, Number.NaN, 0.25, 0.75], [2, 2]),
      item('attend', 'head 2', [1, 0, 0, 1], [2, 2]),
      item('other', 'weights', [1], [1, 1]),
    ]);
    const found = insideOf(store, 'attend');
    expect(found?.images.shape).toEqual([2, 1, 2, 2]);
    expect([...(found?.images.data ?? [])].slice(0, 3)).toEqual([1, Number.NaN, 0.5]);
    expect(insideOf(store, 'nobody')).toBeNull();
    expect(insideOf(null, 'attend')).toBeNull();
  });

  it('is the hidden state with its gates; the cell has another scale and stays away', () => {
    const one = (title: string, value: number) => item('lstm', title, [value, value], [1, 2]);
    const store = frames('recurrent_states', [
      one('layer 1, hidden', 0.1),
      one('layer 1, forget gate', 0.2),
      one('layer 2, hidden', -0.5),
      one('layer 2, cell', 7),
      one('layer 2, forget gate', 0.25),
      one('layer 2, candidate', -1),
    ]);
    const found = insideOf(store, 'lstm');
    expect([...(found?.images.data ?? [])]).toEqual([-0.5, -0.5, 0.25, 0.25]);
    expect(found?.what).toBe('Units over the sequence: hidden state, forget gate');
    expect([found?.low, found?.high, found?.scale]).toEqual([-1, 1, 'diverging']);
  });

  it('is what a dropout kept, as much of it as there is room for', () => {
    const kept = Array.from({ length: 3 * 100 }, (_, at) => at % 2);
    const store = frames('dropout_masks', [item('dropout_1', '1 kept, 0 dropped', kept, [3, 100])]);
    const found = masksOf(store, 'dropout_1');
    if (!found) throw new Error('nothing is found');
    const canvas = document.createElement('canvas');
    paintMask(canvas, found, { width: 72, height: 14 });
    expect(canvas.title).toContain('the first 36 of 100');
  });
});
