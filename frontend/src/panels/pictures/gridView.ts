/** What of an item of images is drawn: one channel of each image, all channels side by side, or its colours. */
import { formatCount } from '../../draw/format';
import { imageStack, type ScaleName } from '../../draw/tiles';
import type { ImageGridItem, NdArray } from '../../words/frames';
import type { Choice, Layer, Pick } from '../drawing';

/** One scale for the whole layer, or one for each image. */
export const ENDS: Choice = {
  name: 'ends',
  label: 'Colour scale',
  place: 'menu',
  values: [
    { value: 'shared', label: 'One for all' },
    { value: 'own', label: 'Each its own' },
  ],
};
export const CHANNEL = 'channel';

export type Ends = readonly [low: number, high: number];

export interface GridView {
  /** [N, 1, H, W], or [N, 3, H, W] where the three are colours. */
  readonly images: NdArray;
  readonly isColour: boolean;
  readonly scale: ScaleName;
  /** How many images there are, sent or not. */
  readonly total: number;
  /** Ends of the scale of one image. */
  readonly endsOf: (index: number) => Ends;
  readonly isShared: boolean;
  /** Such as "conv1 3, channel 2" or "class seven". */
  readonly nameOf: (index: number) => string;
}

/** Name of an item among those of its frame: its node, and the parameter where the node has several. */
export function keyOf(item: ImageGridItem, items: readonly ImageGridItem[]): string {
  const isOnly = items.find((one) => one.node === item.node) === item;
  return isOnly ? item.node : `${item.node} ${item.parameter ?? ''}`;
}

/** `block1 · conv2`: the parameter is said where the node has several. */
function labelOf(item: ImageGridItem, items: readonly ImageGridItem[]): string {
  const isAlone = items.filter((one) => one.node === item.node).length === 1;
  const part = (item.parameter ?? '').replace(/\.weight$/, '').replace('skip.0', 'skip');
  return isAlone || !part ? item.node : `${item.node} · ${part}`;
}

export const layersOf = (items: readonly ImageGridItem[]): Layer[] =>
  items.map((item) => ({ value: keyOf(item, items), label: labelOf(item, items) }));

/** The chosen item; without a choice the first that a layer made, for the input is known. */
export const itemOf = (items: readonly ImageGridItem[], chosen: string | undefined): ImageGridItem | undefined =>
  items.find((item) => keyOf(item, items) === chosen) ?? items.find((item) => item.node !== 'input') ?? items[0];

/** The channel that is shown where none was chosen, or one that the layer does not have. */
function channelOf(item: ImageGridItem, wanted: string | undefined): string {
  const values = channelPick(item, wanted)?.values ?? [];
  return values.find(({ value }) => value === wanted)?.value ?? values[0]?.value ?? '1';
}

/** Which channel to look at; null where there is one only. */
export function channelPick(item: ImageGridItem, wanted: string | undefined): Pick | null {
  const { channels } = imageStack(item.images);
  if (channels < 2) return null;
  const all = item.num_channels ?? channels;
  const one = (index: number): Layer => ({
    value: String(index + 1),
    label: item.in_colour
      ? (['red', 'green', 'blue'][index] ?? '')
      : `channel ${formatCount(index + 1)} of ${formatCount(all)}`,
  });
  const values = [
    ...(item.in_colour ? [{ value: 'colour', label: 'colour' }] : []),
    ...Array.from({ length: channels }, (_, index) => one(index)),
    ...(channels === all ? [{ value: 'mean', label: `mean of ${formatCount(all)}` }] : []),
    { value: 'all', label: channels === all ? 'all side by side' : `first ${formatCount(channels)} side by side` },
  ];
  const value = values.some((option) => option.value === wanted) ? (wanted ?? '') : (values[0]?.value ?? '');
  return { name: CHANNEL, label: 'Channel', value, values };
}

export function viewOf(item: ImageGridItem, wanted: string | undefined, ends: string): GridView {
  const channel = channelOf(item, wanted);
  const { channels } = imageStack(item.images);
  const isColour = channel === 'colour';
  const images = imagesOf(item.images, channel);
  const scale: ScaleName = isColour ? 'gray' : item.signed ? 'diverging' : 'count';
  const isShared = ends !== 'own';
  const name = (index: number): string => item.names?.[index] ?? `${item.node} ${index + 1}`;
  return {
    images,
    isColour,
    scale,
    total: channel === 'all' ? item.total * (item.num_channels ?? channels) : item.total,
    isShared,
    endsOf: isShared ? () => [item.low, item.high] : (index) => ownEnds(images, index, item.signed),
    nameOf: (index) => {
      if (channels < 2 || isColour) return name(index);
      if (channel === 'all') return `${name(Math.floor(index / channels))}, channel ${(index % channels) + 1}`;
      return channel === 'mean' ? `${name(index)}, mean of channels` : `${name(index)}, ${partOf(item, channel)}`;
    },
  };
}

const partOf = (item: ImageGridItem, channel: string): string =>
  item.in_colour ? (['red', 'green', 'blue'][Number(channel) - 1] ?? '') : `channel ${channel}`;

function imagesOf(images: NdArray, channel: string): NdArray {
  const { data, num, channels, height, width } = imageStack(images);
  const area = height * width;
  if (channel === 'colour' || channels === 1) return { data, shape: [num, channels, height, width] };
  if (channel === 'all') return { data, shape: [num * channels, 1, height, width] };
  const one = new Float32Array(num * area);
  const wanted = channel === 'mean' ? Array.from({ length: channels }, (_, c) => c) : [Number(channel) - 1];
  for (let image = 0; image < num; image += 1)
    for (let at = 0; at < area; at += 1) {
      let sum = 0;
      for (const c of wanted) sum += data[(image * channels + c) * area + at] as number;
      one[image * area + at] = sum / wanted.length;
    }
  return { data: one, shape: [num, 1, height, width] };
}

/** Lowest and highest finite value of one image; of signed data both as far from zero as the farther. */
function ownEnds(images: NdArray, index: number, isSigned: boolean): Ends {
  const { data, channels, height, width } = imageStack(images);
  const size = channels * height * width;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data.subarray(index * size, (index + 1) * size)) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 0];
  const far = Math.max(Math.abs(low), Math.abs(high));
  return isSigned ? [-far, far] : [low, high];
}
