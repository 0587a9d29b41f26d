import { describe, expect, it } from 'vitest';
import type { ImageGridItem } from '../../words/frames';
import { footWords } from './gridFoot';
import { channelPick, itemOf, keyOf, layersOf, viewOf } from './gridView';

/** Two filters of `channels` 1 × 2 images; the values are 0, 1, 2 … less 3. */
function item(channels: number, parts: Partial<ImageGridItem> = {}): ImageGridItem {
  const data = Float32Array.from({ length: 4 * channels }, (_, i) => i - 3);
  return {
    node: 'conv',
    parameter: 'weight',
    images: { data, shape: [2, channels, 1, 2] },
    total: 2,
    num_channels: channels,
    in_colour: false,
    names: [],
    frames: null,
    field: null,
    rule: null,
    signed: true,
    low: -8,
    high: 8,
    ...parts,
  };
}

const valuesOf = (one: ImageGridItem, channel?: string): number[] =>
  Array.from(viewOf(one, channel, 'shared').images.data);

describe('what of a grid of images is drawn', () => {
  it('shows one channel of each filter, and says which of how many', () => {
    const three = item(3);
    expect(valuesOf(three)).toEqual([-3, -2, 3, 4]);
    expect(valuesOf(three, '2')).toEqual([-1, 0, 5, 6]);
    expect(channelPick(three, '2')).toMatchObject({ value: '2' });
    expect(channelPick(three, '2')?.values.map(({ label }) => label)).toEqual([
      'channel 1 of 3',
      'channel 2 of 3',
      'channel 3 of 3',
      'mean of 3',
      'all side by side',
    ]);
    expect(viewOf(three, '2', 'shared').nameOf(1)).toBe('conv 2, channel 2');
  });

  it('begins with a layer and not with the input, where there is one', () => {
    const [input, conv] = [item(1, { node: 'input', parameter: null }), item(1)];
    expect(itemOf([input, conv], undefined)).toBe(conv);
    expect(itemOf([input, conv], 'input')).toBe(input);
    expect(itemOf([input], undefined)).toBe(input);
    const single = item(1, { total: 1 });
    expect(footWords(single, viewOf(single, undefined, 'shared'))).toBe('');
  });

  it('gives the mean over the channels where all are sent', () => {
    expect(valuesOf(item(3), 'mean')).toEqual([-1, 0, 5, 6]);
    const some = item(3, { num_channels: 20 });
    expect(channelPick(some, 'mean')).toMatchObject({ value: '1' });
    expect(channelPick(some, 'all')?.values.at(-1)?.label).toBe('first 3 side by side');
    expect(viewOf(some, 'all', 'shared').total).toBe(40);
  });

  it('goes back to the first channel where the layer does not have the chosen one', () => {
    expect(valuesOf(item(2), '7')).toEqual(valuesOf(item(2), '1'));
    expect(channelPick(item(1), '7')).toBeNull();
  });

  it('draws colours as colours and says how they come from the weights', () => {
    const colours = item(3, { in_colour: true });
    const view = viewOf(colours, undefined, 'shared');
    expect(view).toMatchObject({ isColour: true, scale: 'gray' });
    expect(view.images.shape).toEqual([2, 3, 1, 2]);
    expect(footWords(colours, view)).toBe('red, green, blue: 0.5 + w / (2 · 8)');
    const red = viewOf(colours, '1', 'shared');
    expect(red).toMatchObject({ isColour: false, scale: 'diverging' });
    expect(red.nameOf(0)).toBe('conv 1, red');
    expect(footWords(colours, red)).toBe('one scale for all 2');
  });

  it('gives each image its own ends, equally far from zero where it is signed', () => {
    const one = item(1);
    expect(viewOf(one, undefined, 'shared').endsOf(1)).toEqual([-8, 8]);
    expect(viewOf(one, undefined, 'own').endsOf(0)).toEqual([-3, 3]);
    expect(viewOf(one, undefined, 'own').endsOf(1)).toEqual([-1, 1]);
    expect(viewOf(item(1, { signed: false }), undefined, 'own').endsOf(1)).toEqual([-1, 0]);
    expect(footWords(one, viewOf(one, undefined, 'own'))).toBe('each image its own scale');
  });

  it('tells apart the kernels of one node', () => {
    const items = [
      item(1),
      item(1, { node: 'block', parameter: 'conv1.weight' }),
      item(1, { node: 'block', parameter: 'skip.0.weight' }),
    ];
    expect(items.map((one) => keyOf(one, items))).toEqual(['conv', 'block', 'block skip.0.weight']);
    expect(layersOf(items).map(({ label }) => label)).toEqual(['conv', 'block · conv1', 'block · skip']);
    expect(itemOf(items, 'block skip.0.weight')).toBe(items[2]);
    expect(itemOf(items, 'gone')).toBe(items[0]);
  });
});
