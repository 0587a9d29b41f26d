import { describe, expect, it, vi } from 'vitest';
import type { RunSpec } from '../../generated/schemas';
import { SampleErrands } from '../../session/samples';
import { LAMP, type Lamp } from '../../stores/lamp';
import { SampleStore } from '../../stores/samples';
import type { SamplesItem } from '../../words/frames';
import { countLosses, leastAt, lossAxis, mostAt, shareOf } from './losses';
import { fittingRows, numWrong, rowOf, verdictAt } from './rows';
import { linesOf } from './useSight';
import { stepOf } from './walk';
import { answerOf, numbersOf, sentenceOf } from './words';

const ints = (...data: number[]) => ({ data: Int32Array.from(data), shape: [data.length] });
const floats = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });

/** Five samples of three classes; the third and the last are wrong, and the last has no finite loss. */
const ITEM: SamplesItem = {
  node: 'validation',
  index: ints(0, 1, 2, 3, 4),
  label: ints(0, 1, 2, 0, 1),
  prediction: ints(0, 1, 0, 0, 2),
  loss: floats(0.5, 0.01, 2, 0.1, Number.NaN),
  probability: floats(0.6, 0.99, 0.8, 0.9, 0.7),
  wrong: { data: Uint8Array.from([0, 0, 1, 0, 1]), shape: [5] },
  has_classes: true,
};
const shown = (change: Partial<Lamp>): number[] => [...fittingRows(ITEM, { ...LAMP, ...change })];

describe('the samples that are listed', () => {
  it('has the largest loss first, and what is no number before all', () => {
    expect(shown({})).toEqual([4, 2, 0, 3, 1]);
    expect(shown({ order: 'easiest' })).toEqual([1, 3, 0, 2, 4]);
    expect(shown({ order: 'unsure' })).toEqual([0, 4, 2, 3, 1]);
    expect(shown({ order: 'place' })).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets through what every filter lets through', () => {
    expect(shown({ verdict: 'wrong' })).toEqual([4, 2]);
    expect(shown({ verdict: 'right', label: 0 })).toEqual([0, 3]);
    expect(shown({ label: 2, prediction: 0 })).toEqual([2]);
    expect(shown({ least: 0.2, most: 0.5 })).toEqual([0]);
    expect(shown({ least: 0.05, most: 0.5 })).toEqual([0, 3]);
    expect(shown({ least: 1 })).toEqual([4, 2]);
    expect(shown({ label: 1, prediction: 0 })).toEqual([]);
  });

  it('knows no right and wrong of numbers', () => {
    const item = {
      ...ITEM,
      has_classes: false,
      wrong: null,
      label: floats(1, 2, 3, 4, 5),
      prediction: floats(5, 4, 3, 2, 1),
    };
    expect([...fittingRows(item, { ...LAMP, verdict: 'wrong', label: 1, order: 'place' })]).toEqual([0, 1, 2, 3, 4]);
    const verdict = verdictAt(item, 1, [], String);
    expect([verdict.wrong, answerOf(verdict)]).toEqual([null, '4, is 2']);
    expect(numWrong(item)).toBeNull();
  });

  it('finds the row of a sample, also where some were taken', () => {
    expect(rowOf(ITEM, 3)).toBe(3);
    expect(rowOf({ ...ITEM, index: ints(0, 10, 20, 30, 40) }, 30)).toBe(3);
    expect(rowOf({ ...ITEM, index: ints(0, 10, 20, 30, 40) }, 2)).toBe(-1);
  });

  it('says what the network makes of one', () => {
    const names = ['cat', 'dog', 'owl'];
    const wrong = verdictAt(ITEM, 2, names, String);
    expect([answerOf(wrong), numbersOf(wrong)]).toEqual(['owl as cat', '80\u00a0% · 2.000']);
    expect(numbersOf({ ...wrong, loss: 9.9e-4 })).toBe('80\u00a0% · <0.001');
    expect(numbersOf({ ...wrong, loss: 1e-3 })).toBe('80\u00a0% · 0.001');
    expect(numbersOf({ ...wrong, loss: 0 })).toBe('80\u00a0% · 0.000');
    expect(sentenceOf(wrong)).toBe('Sample 3, label owl, predicted cat, wrong, probability 80\u00a0%, loss 2.000.');
    expect(answerOf(verdictAt(ITEM, 1, names, String))).toBe('dog');
    expect(numWrong(ITEM)).toBe(2);
  });
});

describe('the axis of losses', () => {
  it('spans whole decades, at most six', () => {
    expect(lossAxis(ITEM.loss)).toEqual({ low: -2, high: 1 });
    expect(lossAxis(floats(1e-12, 0.5))).toEqual({ low: -6, high: 0 });
    expect(lossAxis(floats(0, 0))).toEqual({ low: -3, high: 0 });
  });

  it('goes there and back, and is open at its ends', () => {
    const axis = { low: -2, high: 1 };
    expect(shareOf(0.1, axis)).toBeCloseTo(1 / 3);
    expect([leastAt(1 / 3, axis), mostAt(1 / 3, axis)]).toEqual([expect.closeTo(0.1), expect.closeTo(0.1)]);
    expect([leastAt(0, axis), mostAt(1, axis)]).toEqual([null, null]);
    // A bound at the other end is as tight as can be, not open again.
    expect([leastAt(1, axis), mostAt(0, axis)]).toEqual([10, 0.01]);
    expect([shareOf(0, axis), shareOf(Number.NaN, axis)]).toEqual([0, 1]);
  });

  it('counts every sample once', () => {
    const counts = countLosses(ITEM.loss, lossAxis(ITEM.loss));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(counts[counts.length - 1]).toBe(1);
  });
});

describe('a long list', () => {
  it('makes only what is in sight, and a little more', () => {
    const cell = { width: 100, height: 100 };
    expect(linesOf(1000, cell, { width: 450, height: 300, top: 1000 })).toEqual({
      columns: 4,
      from: 32,
      until: 60,
      height: 25_000,
    });
    expect(linesOf(3, cell, { width: 0, height: 0, top: 0 }).columns).toBe(1);
  });

  it('is walked by keys', () => {
    const at = (place: number) => ({ place, count: 10, columns: 4, lines: 2 });
    expect(stepOf('ArrowRight', at(3))).toBe(4);
    expect(stepOf('ArrowDown', at(3))).toBe(7);
    expect(stepOf('ArrowDown', at(8))).toBe(8);
    expect(stepOf('ArrowUp', at(2))).toBe(2);
    expect(stepOf('PageDown', at(3))).toBe(9);
    expect(stepOf('Home', at(3))).toBe(0);
    expect(stepOf('ArrowDown', at(-1))).toBe(0);
    expect(stepOf('x', at(3))).toBeNull();
  });
});

describe('samples that are fetched', () => {
  const SPEC = { data: { dataset: 'digits', params: {}, batch_size: 32, augment: [] }, training: { seed: 7 } };
  const spec = SPEC as unknown as RunSpec;
  const sampleOf = (index: number) => ({ index, label: String(index), text: null, values: [[index, index + 1]] });

  function shelf() {
    const preview = vi.fn(async ({ part, indices }: { part: string; indices: number[] }) => ({
      data: { value_range: [0, 16] },
      samples: part === 'train' ? indices.map(sampleOf) : [],
      validation: part === 'validation' ? indices.map(sampleOf) : [],
    }));
    return { preview, errands: new SampleErrands(new SampleStore(), { preview } as never) };
  }

  it('come once, in pages that are not too large', async () => {
    const { preview, errands } = shelf();
    errands.want({ spec, part: 'validation', size: 20_000 }, [5, 6, 7, 8, 9]);
    await vi.waitFor(() => expect(errands.store.of('validation', 9)).toBeDefined());
    expect(preview.mock.calls.map(([request]) => request.indices)).toEqual([[5, 6, 7, 8], [9]]);
    expect([...(errands.store.of('validation', 6)?.values ?? [])]).toEqual([6, 7]);
    expect(errands.store.ends).toEqual([0, 16]);
    errands.want({ spec, part: 'validation', size: 20_000 }, [5, 9]);
    expect(preview).toHaveBeenCalledTimes(2);
    expect(errands.store.of('train', 5)).toBeUndefined();
  });

  it('are the same whatever changes live, and other ones with another seed', async () => {
    const { preview, errands } = shelf();
    errands.want({ spec, part: 'train', size: 2 }, [1]);
    await vi.waitFor(() => expect(errands.store.of('train', 1)).toBeDefined());
    const live = { ...spec, data: { ...spec.data, batch_size: 8 } } as RunSpec;
    errands.want({ spec: live, part: 'train', size: 2 }, [1]);
    expect(preview).toHaveBeenCalledTimes(1);
    errands.want({ spec: { ...spec, training: { seed: 8 } } as RunSpec, part: 'train', size: 2 }, [1]);
    expect(errands.store.of('train', 1)).toBeUndefined();
    await vi.waitFor(() => expect(preview).toHaveBeenCalledTimes(2));
  });

  it('say why they do not come', async () => {
    const store = new SampleStore();
    const errands = new SampleErrands(store, { preview: () => Promise.reject(new Error('No such set.')) } as never);
    errands.want({ spec, part: 'train', size: 2 }, [1]);
    await vi.waitFor(() => expect(store.problem).toBe('No such set.'));
  });
});
