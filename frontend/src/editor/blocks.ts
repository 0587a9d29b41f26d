/** Blocks that are added as one: a few plain layers with a common name, which the page folds into one card. */
import type { NodeSpec } from '../generated/schemas';
import type { Site } from './newLayer';
import type { Piece } from './pieces';
import { INPUT } from './sources';

export interface BlockTemplate {
  /** Unlike any kind, for a kind may be called as a block is. */
  readonly id: `block:${string}`;
  readonly title: string;
  readonly help: string;
  /** More words that it is found by. */
  readonly words: string;
  build(site: Site): Piece;
}

/** The least useful number of filters, where the data arrives. */
const FIRST_WIDTH = 16;

const node = (fields: Readonly<Record<string, unknown>>): NodeSpec => fields as unknown as NodeSpec;

const channelsOf = ({ shape, isData }: Site): number =>
  isData || !shape || shape.length < 2 ? 0 : (shape[0] as number);
const widthFor = (site: Site): number => Math.max(FIRST_WIDTH, channelsOf(site));
const isImage = ({ shape }: Site): boolean => shape?.length === 3;

const convolution = (width: number, stride: number): Readonly<Record<string, unknown>> => ({
  kind: 'conv2d',
  out_channels: width,
  kernel_size: 3,
  ...(stride > 1 ? { stride } : {}),
  padding: 1,
  bias: false,
});

/** Convolution (or, for rows of numbers, a linear layer), norm and activation. */
function plain(site: Site): Piece {
  const layer = isImage(site)
    ? { kind: 'conv2d', out_channels: widthFor(site), kernel_size: 3, padding: 1, bias: false }
    : { kind: 'linear', out_features: site.isData ? 64 : (site.shape?.at(-1) ?? 64) };
  return [node(layer), node({ kind: 'batch_norm' }), node({ kind: 'relu' })];
}

export interface ResidualSize {
  readonly arriving: number;
  readonly width: number;
  readonly stride: number;
}

/**
 * Two convolutions with norms, and what arrives added to what they give (He et al. 2016, basic block). Where width or
 * size change, a convolution of 1×1 brings what arrives to the same shape.
 */
export function residual({ arriving, width, stride }: ResidualSize): Piece {
  const isSame = arriving === width && stride === 1;
  const main = [
    { ...convolution(width, stride), inputs: [INPUT] },
    { kind: 'batch_norm' },
    { kind: 'relu' },
    convolution(width, 1),
    { id: 'norm', kind: 'batch_norm' },
  ];
  const strides = stride > 1 ? { stride } : {};
  const skip = [
    { kind: 'conv2d', inputs: [INPUT], out_channels: width, kernel_size: 1, ...strides, bias: false },
    { id: 'skip', kind: 'batch_norm' },
  ];
  const nodes = [
    ...main,
    ...(isSame ? [] : skip),
    { kind: 'add', inputs: ['norm', isSame ? INPUT : 'skip'] },
    { kind: 'relu' },
  ];
  return nodes.map((one) => node({ ...one, block: 'block1' }));
}

export const BLOCKS: readonly BlockTemplate[] = [
  {
    id: 'block:plain',
    title: 'Convolution, norm, activation',
    help: 'Conv2d, BatchNorm and ReLU; for rows of numbers Linear in the place of Conv2d.',
    words: 'conv norm activation relu batchnorm block',
    build: plain,
  },
  {
    id: 'block:residual',
    title: 'Residual block',
    help: 'Two convolutions, and what arrives is added to what they give. Width and size stay.',
    words: 'resnet skip add shortcut basic block',
    build: (site) => residual({ arriving: channelsOf(site), width: widthFor(site), stride: 1 }),
  },
  {
    id: 'block:residual_half',
    title: 'Residual block, half the size',
    help: 'Stride 2 and twice the filters, as at the start of a stage; a 1×1 convolution brings the skip to that shape.',
    words: 'resnet skip add shortcut projection downsample stride basic block',
    build: (site) => residual({ arriving: channelsOf(site), width: 2 * widthFor(site), stride: 2 }),
  },
];
