/** Which numbers of a batch share one mean and variance, for each kind of norm; and how many means that makes. */
import { formatCount, formatShape } from '../../draw/format';

export type NormKind = 'batch_norm' | 'layer_norm' | 'instance_norm' | 'group_norm' | 'rms_norm';

/** Data of one sample: features, a sequence of features, or an image. */
export type Rank = 1 | 2 | 3;

export const TITLES: Readonly<Record<NormKind, string>> = {
  batch_norm: 'Batch norm',
  layer_norm: 'Layer norm',
  instance_norm: 'Instance norm',
  group_norm: 'Group norm',
  rms_norm: 'RMS norm',
};

/** A small block that stands for a batch: so many samples, channels (or features), and places in a channel. */
export const BLOCK = { samples: 4, channels: 6, places: 4, group: 3 } as const;

export interface Cell {
  readonly sample: number;
  readonly channel: number;
  readonly place: number;
}

/** The kinds that are drawn: the four of the literature, RMS norm in the place of layer norm where it is at hand. */
export const kindsFor = (shown: string): readonly NormKind[] => [
  'batch_norm',
  shown === 'rms_norm' ? 'rms_norm' : 'layer_norm',
  'instance_norm',
  'group_norm',
];

/** True where the cell has the mean of the first cell of the block: first sample, first channel, first place. */
export function isShared(kind: NormKind, rank: Rank, { sample, channel, place }: Cell): boolean {
  switch (kind) {
    case 'batch_norm':
      return channel === 0;
    case 'layer_norm':
    case 'rms_norm':
      // Each step of a sequence stands for itself; an image is normalised whole.
      return sample === 0 && (rank !== 2 || place === 0);
    case 'instance_norm':
      return sample === 0 && channel === 0;
    case 'group_norm':
      return sample === 0 && channel < BLOCK.group;
  }
}

export interface Counts {
  /** How many pairs of mean and variance. */
  readonly means: number;
  /** Values that each is taken over. */
  readonly values: number;
  /** Such as "one mean for each channel". */
  readonly words: string;
  /** Such as "N, H, W". */
  readonly axes: string;
}

const AXES: Readonly<Record<NormKind, readonly [string, string, string]>> = {
  batch_norm: ['N', 'N, T', 'N, H, W'],
  layer_norm: ['F', 'F', 'C, H, W'],
  rms_norm: ['F', 'F', 'C, H, W'],
  instance_norm: ['', 'T', 'H, W'],
  group_norm: ['F / groups', 'F / groups, T', 'C / groups, H, W'],
};

/** The numbers for a real batch; null where the kind would have one value to normalise, which is none. */
export function countsOf(kind: NormKind, shape: readonly number[], batch: number, groups: number): Counts | null {
  const rank = shape.length as Rank;
  const axes = AXES[kind][rank - 1];
  if (!axes) return null;
  const channels = (rank === 3 ? shape[0] : shape.at(-1)) as number;
  const places = shape.reduce((product, size) => product * size, 1) / channels;
  const one = rank === 3 ? 'channel' : 'feature';
  const many = (means: number, values: number, words: string): Counts => ({ means, values, words, axes });
  switch (kind) {
    case 'batch_norm':
      return many(channels, batch * places, `one mean for each ${one}`);
    case 'instance_norm':
      return many(batch * channels, places, `one mean for each ${one} of each sample`);
    case 'group_norm':
      return many(batch * groups, (channels / groups) * places, 'one mean for each group of each sample');
    case 'layer_norm':
    case 'rms_norm': {
      const word = kind === 'rms_norm' ? 'one root mean square' : 'one mean';
      if (rank === 2) return many(batch * places, channels, `${word} for each step of each sample`);
      return many(batch, channels * places, `${word} for each sample`);
    }
  }
}

/** `64×20×28×28, N×C×H×W`. */
export function batchWords(shape: readonly number[], batch: number): string {
  const names = ['', 'N×F', 'N×T×F', 'N×C×H×W'][shape.length] ?? '';
  return `${names} = ${formatShape([batch, ...shape])}`;
}

/** `over N, H, W: one mean for each channel, 20 means of 50 176 values`. */
export function wordsOf(kind: NormKind, counts: Counts | null): string {
  if (!counts) return 'a single value each: nothing would be left';
  const means = `${formatCount(counts.means)} ${kind === 'rms_norm' ? 'of them' : counts.means === 1 ? 'mean' : 'means'}`;
  return `over ${counts.axes}: ${counts.words}, ${means} of ${formatCount(counts.values)} values`;
}
