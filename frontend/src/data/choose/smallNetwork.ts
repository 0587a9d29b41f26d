/** A small network for data of any form: what takes the place of one that cannot be fitted. */
import type { CheckedData, NodeSpec } from '../../generated/schemas';

type Node = { readonly kind: string; readonly id?: string } & Readonly<Record<string, unknown>>;

const conv = (id: string, out_channels: number): Node[] => [
  { id, kind: 'conv2d', out_channels, kernel_size: 3, padding: 1 },
  { kind: 'relu' },
];
const POOL: Node = { kind: 'max_pool2d', kernel_size: 2 };

/** A picture is pooled while it is so large. */
const POOLED_FROM = { first: 8, second: 16 };

function forImage(side: number): Node[] {
  const pooled = (from: number): Node[] => (side >= from ? [POOL] : []);
  const { first, second } = POOLED_FROM;
  return [...conv('conv1', 16), ...pooled(first), ...conv('conv2', 32), ...pooled(second), { kind: 'flatten' }];
}

const FOR_ROW: Node[] = [
  { id: 'fc1', kind: 'linear', out_features: 32 },
  { kind: 'relu' },
  { id: 'fc2', kind: 'linear', out_features: 16 },
  { kind: 'relu' },
];

const recurrent = (isEveryStep: boolean): Node => ({
  id: 'gru',
  kind: 'gru',
  hidden_size: 32,
  ...(isEveryStep ? { output: 'sequence' } : {}),
});

/** Convolutions frame by frame, and a layer that reads the frames in order. */
const FOR_CLIP: Node[] = [
  ...conv('conv1', 8),
  POOL,
  ...conv('conv2', 16),
  { kind: 'global_avg_pool' },
  { id: 'lstm', kind: 'lstm', hidden_size: 32 },
];

function body({ input_shape, input_is_index, output_shape }: CheckedData): Node[] {
  const isEveryStep = output_shape.length === 2;
  switch (input_shape.length) {
    case 4:
      return FOR_CLIP;
    case 3:
      return forImage(Math.min(...input_shape.slice(1)));
    case 2:
      return [recurrent(isEveryStep)];
    default:
      return input_is_index
        ? [{ id: 'embedding', kind: 'embedding', embedding_dim: 16 }, recurrent(isEveryStep)]
        : FOR_ROW;
  }
}

/** Layers that read these data and answer what they ask for, a label or numbers. */
export function smallNetwork(data: CheckedData): NodeSpec[] {
  const answer: Node = { id: 'logits', kind: 'linear', out_features: data.output_shape.at(-1) ?? 1 };
  return [...body(data), answer] as unknown as NodeSpec[];
}

/** What it is for, as in 'a small network for images'. */
export function formOf({ input_shape, input_kind, input_is_index }: CheckedData): string {
  if (input_kind === 'points') return 'points';
  if (input_is_index) return 'tokens';
  return ['rows of numbers', 'sequences', 'images', 'clips'][input_shape.length - 1] ?? 'these data';
}
