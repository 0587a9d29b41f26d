import { describe, expect, it, vi } from 'vitest';
import { FrameStore } from '../../stores/frames';
import type { RunRecord } from '../../stores/record';
import type { ChannelsItem } from '../../words/frames';
import { Cursor } from '../cursor';
import type { Options, Scene } from '../drawing';
import { array, check, norms } from '../gallery/samples';
import { ChannelsDrawing } from '../pictures/ChannelsDrawing';
import { titlesThatFit, toldOf } from './blocks';
import { channelsToDraw, nearestAt, type Place, pastOf, pastSpan, pastTip, yOf } from './past';
import { BLOCK, countsOf, isShared, type NormKind, type Rank, wordsOf } from './sharing';

const item = (parts: Partial<ChannelsItem> = {}): ChannelsItem => ({
  node: 'norm',
  kind: 'batch_norm',
  axes: 'N, H, W',
  batch_mean: array([1, 2, 3]),
  batch_var: array([4, 5, 6]),
  running_mean: array([0.1, 0.2, 0.3]),
  running_var: array([1, 1, 1]),
  weight: array([1, 1.5, 2]),
  bias: array([0, 0.5, 1]),
  total: 3,
  input_shape: [3, 28, 28],
  num_groups: null,
  momentum: 0.1,
  ...parts,
});

/** How many cells of the small block share the first cell's mean. */
function sharedCells(kind: NormKind, rank: Rank): number {
  let count = 0;
  const places = rank === 1 ? 1 : BLOCK.places;
  for (let sample = 0; sample < BLOCK.samples; sample += 1)
    for (let channel = 0; channel < BLOCK.channels; channel += 1)
      for (let place = 0; place < places; place += 1) if (isShared(kind, rank, { sample, channel, place })) count += 1;
  return count;
}

describe('titles of the blocks', () => {
  it('are whole, and short where there is no room for all of them', () => {
    const pen = { measure: (text: string) => 6 * text.length };
    const told = toldOf(item(), 32);
    expect(titlesThatFit(pen, told, 200)[2]).toBe('Instance norm');
    expect(titlesThatFit(pen, told, 70)).toEqual(['Batch', 'Layer', 'Instance', 'Group']);
  });
});

describe('what shares one mean', () => {
  const kinds: NormKind[] = ['batch_norm', 'layer_norm', 'instance_norm', 'group_norm'];

  it.each([
    [3, [16, 24, 4, 12]],
    [2, [16, 6, 4, 12]],
    [1, [4, 6, 1, 3]],
  ] as const)('fills the right cells for data of %i axes', (rank, expected) => {
    expect(kinds.map((kind) => sharedCells(kind, rank))).toEqual(expected);
  });

  it('counts means and values of a real batch of images', () => {
    const counts = kinds.map((kind) => countsOf(kind, [20, 28, 28], 64, 4));
    expect(counts.map((one) => [one?.means, one?.values])).toEqual([
      [20, 64 * 784],
      [64, 20 * 784],
      [64 * 20, 784],
      [64 * 4, 5 * 784],
    ]);
    // Whatever is shared, every value has a mean.
    for (const one of counts) expect((one?.means ?? 0) * (one?.values ?? 0)).toBe(64 * 20 * 784);
    const [first] = counts;
    expect(wordsOf('batch_norm', first ?? null)).toBe(
      'over N, H, W: one mean for each channel, 20 means of 50\u202f176 values',
    );
  });

  it('counts steps of sequences by themselves, and has no instance norm for features', () => {
    expect(countsOf('layer_norm', [6, 8], 16, 1)).toMatchObject({ means: 96, values: 8, axes: 'F' });
    expect(countsOf('batch_norm', [6, 8], 16, 1)).toMatchObject({ means: 8, values: 96, axes: 'N, T' });
    expect(countsOf('instance_norm', [8], 16, 1)).toBeNull();
  });

  it('takes the groups of the norm at hand, and RMS norm in the place of layer norm', () => {
    const told = toldOf(item({ kind: 'group_norm', input_shape: [20, 4, 4], num_groups: 5 }), 8);
    expect(told[3]?.counts).toMatchObject({ means: 40, values: 64 });
    expect(toldOf(item({ kind: 'rms_norm' }), 8).map((one) => one.kind)).toContain('rms_norm');
  });
});

describe('through time', () => {
  const moments = [0, 10, 20].map((step) => ({
    step,
    item: item({ batch_mean: array([step, step + 1, step + 2]), running_mean: array([0, step / 2, step]) }),
  }));

  it('follows one channel, batch against running', () => {
    const past = pastOf(moments, 'moments', 1);
    expect(past.steps).toEqual([0, 10, 20]);
    expect(past.plots[0]?.traces).toEqual([
      { channel: 1, ring: Float64Array.of(1, 11, 21), bar: Float64Array.of(0, 5, 10) },
    ]);
  });

  it('follows all channels, an even choice of very many, and γ and β without a second line', () => {
    expect(pastOf(moments, 'moments', null).plots[0]?.traces.map((one) => one.channel)).toEqual([0, 1, 2]);
    expect(channelsToDraw(256, null)).toHaveLength(64);
    expect(channelsToDraw(256, 200)).toEqual([200]);
    const affine = pastOf(moments, 'affine', 2);
    expect(affine.plots.map(({ plot }) => plot.name)).toEqual(['γ', 'β']);
    expect(affine.plots[0]?.traces[0]).toEqual({ channel: 2, ring: Float64Array.of(2, 2, 2), bar: null });
  });

  it('has an axis that holds the base and what was reached', () => {
    const [mean] = pastOf(moments, 'moments', null).plots;
    const [low, high] = pastSpan(mean as NonNullable<typeof mean>);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(20);
  });

  it('finds the line under the pointer', () => {
    const past = pastOf(moments, 'moments', null);
    const pen = { width: 306 };
    const places = [0, 1].map(
      (i): Place => ({ left: 100, top: 100 * i, height: 100, steps: [0, 20], limits: [0, 25] }),
    );
    const y = yOf(places[0] as Place, 22);
    expect(nearestAt(pen, past, places, 299, y)).toEqual({ moment: 2, channel: 2 });
    expect(nearestAt(pen, past, places, 50, y)).toBeNull();
    expect(pastTip(past, 2, 2, 'blue').map((row) => row.value)).toEqual([undefined, '22', '20', '6', '1']);
  });
});

describe('the panel', () => {
  const scene = (options: Options, steps: readonly number[] = [1, 50, 100], viewStep: number | null = null): Scene => {
    const frames = new FrameStore();
    for (const step of steps) frames.push(norms(step));
    const record = {
      id: 'r',
      frames,
      curves: new Map(),
      progress: { step: 100, status: 'paused' },
    } as unknown as RunRecord;
    const props = { record, check: check('image'), plannedSteps: 200, cursor: new Cursor(), viewStep };
    return {
      props: props as unknown as Scene['props'],
      probe: 'norm_statistics',
      options,
      setOption: vi.fn(),
      size: 'M',
      width: 340,
      height: 160,
      now: 0,
    };
  };
  const draw = (options: Options, steps?: readonly number[], viewStep?: number | null) => {
    const drawing = new ChannelsDrawing(document.createElement('div'));
    const at = scene(options, steps, viewStep);
    return { drawn: drawing.draw(at), table: drawing.table(at) };
  };

  it('draws what was measured: a new frame moves the digest of both views', () => {
    for (const view of ['now', 'time']) {
      const one = draw({ view });
      expect(one.drawn.state.kind).toBe('ready');
      expect(one.drawn.digest).toBe(draw({ view }).drawn.digest);
      expect(one.drawn.digest).not.toBe(draw({ view }, [1, 50, 120]).drawn.digest);
    }
  });

  it('has a row for each recorded step and channel through time, up to the step that is viewed', () => {
    expect(draw({ view: 'time' }).table.rows).toHaveLength(3 * 20);
    const one = draw({ view: 'time', channel: '4' }, [1, 50, 100], 60).table;
    expect(one.rows.map((row) => row.slice(0, 2))).toEqual([
      ['1', '5'],
      ['50', '5'],
    ]);
  });

  it('says what shares in words and numbers', () => {
    const { drawn, table } = draw({ view: 'sharing' });
    expect(drawn.summary).toContain('batch_norm: over N, H, W: one mean for each channel');
    expect(table.rows[0]).toEqual(['batch_norm', 'N, H, W', '20', String(256 * 784)]);
  });
});
