import { describe, expect, it } from 'vitest';
import type { CheckedNode, NodeSpec } from '../generated/schemas';
import { draw, isColumn } from './cards';
import { insertAfter, insertBefore, output, remove, unwire, wire } from './graph';
import { groupsFor, readDropout, readNorm, writeActivation, writeDropout, writeNorm } from './switches';

const GROUPS: Record<string, string> = {
  conv2d: 'weights',
  linear: 'weights',
  batch_norm: 'norm',
  layer_norm: 'norm',
  group_norm: 'norm',
  relu: 'activation',
  tanh: 'activation',
  dropout: 'regularisation',
  max_pool2d: 'pooling',
  flatten: 'shape',
  add: 'combine',
};
const groupOf = (kind: string): string => GROUPS[kind] ?? '';
const graph = (...nodes: Record<string, unknown>[]): NodeSpec[] => nodes as unknown as NodeSpec[];
const kinds = (nodes: readonly NodeSpec[]): string => nodes.map((node) => node.kind).join(' ');

const LENET = graph(
  { id: 'conv1', kind: 'conv2d', out_channels: 20 },
  { kind: 'batch_norm' },
  { kind: 'relu' },
  { kind: 'max_pool2d' },
  { kind: 'flatten' },
  { id: 'logits', kind: 'linear', out_features: 10 },
);
const RESIDUAL = graph(
  { id: 'a', kind: 'linear', out_features: 6 },
  { kind: 'relu' },
  { kind: 'linear', out_features: 6 },
  { kind: 'add', inputs: ['relu_1', 'linear_1'] },
  { kind: 'linear', out_features: 2 },
);

describe('wiring', () => {
  it('is left out again where it goes without saying', () => {
    expect(unwire(wire(LENET))).toEqual(LENET);
    expect(wire(RESIDUAL).map((node) => node.id)).toEqual(['a', 'relu_1', 'linear_1', 'add_1', 'linear_2']);
  });

  it('keeps names that other nodes refer to', () => {
    expect(wire(unwire(wire(RESIDUAL))).map((node) => [node.id, node.inputs])).toEqual(
      wire(RESIDUAL).map((node) => [node.id, node.inputs]),
    );
  });

  it('skips a name that another node carries', () => {
    const names = wire(graph({ kind: 'relu' }, { id: 'relu_1', kind: 'relu' })).map((node) => node.id);
    expect(names).toEqual(['relu_2', 'relu_1']);
  });

  it('goes through a new node, and closes where one is removed', () => {
    const more = insertAfter(wire(RESIDUAL), 'relu_1', graph({ kind: 'tanh' })[0] as NodeSpec);
    expect(more.find((node) => node.id === 'add_1')?.inputs).toEqual(['tanh_1', 'linear_1']);
    const back = remove(more, 'tanh_1');
    expect(back.find((node) => node.id === 'add_1')?.inputs).toEqual(['relu_1', 'linear_1']);
  });

  it('puts a node in front of another', () => {
    const without = LENET.filter((node) => node.kind !== 'flatten');
    expect(unwire(insertBefore(wire(without), 'logits', graph({ kind: 'flatten' })[0] as NodeSpec))).toEqual(LENET);
  });

  it('knows the answer of the network', () => {
    expect(output(wire(RESIDUAL))?.id).toBe('linear_2');
  });
});

describe('the norm switch', () => {
  it('reads what is there', () => {
    expect(readNorm(LENET, groupOf)).toBe('batch_norm');
    expect(readNorm(RESIDUAL, groupOf)).toBe('none');
    expect(readNorm([...LENET, ...graph({ kind: 'layer_norm' })], groupOf)).toBeNull();
  });

  it('takes norms out, exchanges them, and puts them behind every layer but the output', () => {
    const bare = writeNorm(LENET, 'none', groupOf);
    expect(kinds(bare)).toBe('conv2d relu max_pool2d flatten linear');
    expect(writeNorm(bare, 'batch_norm', groupOf)).toEqual(LENET);
    expect(writeNorm(LENET, 'group_norm', groupOf)[1]).toEqual({ kind: 'group_norm', num_groups: 5 });
  });

  it('follows branches', () => {
    const normed = wire(writeNorm(RESIDUAL, 'layer_norm', groupOf));
    const add = normed.find((node) => node.spec.kind === 'add');
    expect(add?.inputs.map((id) => normed.find((node) => node.id === id)?.spec.kind)).toEqual(['relu', 'layer_norm']);
  });

  it.each([
    [20, 5],
    [8, 8],
    [7, 7],
    [1, 1],
    [13, 1],
  ])('splits %i channels into %i groups', (channels, groups) => expect(groupsFor(channels)).toBe(groups));
});

describe('the other switches', () => {
  it('exchange the activation', () => {
    expect(kinds(writeActivation(RESIDUAL, 'tanh', groupOf))).toBe('linear tanh linear add linear');
    expect(kinds(writeActivation(writeActivation(LENET, 'none', groupOf), 'relu', groupOf))).toBe(kinds(LENET));
  });

  it('set p where there is dropout, and put one in front of the output where there is none', () => {
    const one = writeDropout(LENET, 0.3);
    expect(kinds(one)).toBe('conv2d batch_norm relu max_pool2d flatten dropout linear');
    expect(readDropout(one)).toBe(0.3);
    expect(readDropout(writeDropout(one, 0.5))).toBe(0.5);
    expect(writeDropout(LENET, 0)).toEqual(LENET);
  });
});

describe('cards', () => {
  const checked = (nodes: readonly NodeSpec[]): CheckedNode[] =>
    wire(nodes).map(
      ({ id, inputs, spec }) =>
        ({ id, kind: spec.kind, inputs: [...inputs], output_shape: [1], input_shapes: [] }) as unknown as CheckedNode,
    );

  it('carry what follows them as caps, and flatten lies on the edge', () => {
    const drawing = draw(checked(LENET), [1, 8, 8], groupOf);
    expect(drawing.cards.map((card) => [card.id, card.caps.map((cap) => cap.kind)])).toEqual([
      ['conv1', ['batch_norm', 'relu', 'max_pool2d']],
      ['logits', []],
    ]);
    expect(drawing.wires.map((wire) => [wire.from, wire.to, wire.via.map((node) => node.kind)])).toEqual([
      ['input', 'conv1', []],
      ['conv1', 'logits', ['flatten']],
    ]);
    expect(isColumn(drawing)).toBe(true);
  });

  it('show a join with its branches', () => {
    const drawing = draw(checked(RESIDUAL), [2], groupOf);
    expect(isColumn(drawing)).toBe(false);
    expect(drawing.wires.filter((wire) => wire.to === 'add_1').map((wire) => wire.from)).toEqual(['a', 'linear_1']);
  });
});
