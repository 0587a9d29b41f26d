import { describe, expect, it } from 'vitest';
import type { CheckResult, Kind, NodeSpec } from '../generated/schemas';
import { BLOCKS, residual } from './blocks';
import { connect, disconnect, possibleSources } from './edges';
import { type GroupOf, remove, unwire, wire } from './graph';
import { duplicate, moveDown, moveTo, moveUp, removeAll, repeat } from './moves';
import { divisor, newLayer, type Site } from './newLayer';
import { nameProblem, rename, setField } from './nodeFields';
import { insertBehind, insertOn, pieceOf, pieceText, readPiece } from './pieces';
import { endOf, settle, siteOf } from './placing';

const graph = (...nodes: Record<string, unknown>[]): NodeSpec[] => nodes as unknown as NodeSpec[];
const kinds = (nodes: readonly NodeSpec[]): string => nodes.map((node) => node.kind).join(' ');
const reads = (nodes: ReturnType<typeof wire>): Record<string, readonly string[]> =>
  Object.fromEntries(nodes.map((node) => [node.id, node.inputs]));
const alone = (id: string): string[] => [id];

const CHAIN = graph(
  { kind: 'conv2d', out_channels: 8 },
  { kind: 'relu' },
  { kind: 'conv2d', out_channels: 8 },
  { kind: 'relu' },
  { kind: 'flatten' },
  { id: 'logits', kind: 'linear', out_features: 10 },
);
const SKIP = graph(
  { id: 'a', kind: 'linear', out_features: 6 },
  { id: 'b', kind: 'linear', out_features: 6 },
  { kind: 'relu' },
  { kind: 'add', inputs: ['a', 'relu_1'] },
  { kind: 'linear', out_features: 2 },
);
const SEQ2SEQ = graph(
  { id: 'encoder', kind: 'gru', hidden_size: 8 },
  { id: 'decoder', kind: 'gru', hidden_size: 8, inputs: ['decoder_input', 'encoder.state'] },
  { kind: 'linear', out_features: 4 },
);

describe('a piece', () => {
  it('behind a node is read by all that read the node', () => {
    const { nodes, added } = insertBehind(wire(SKIP), 'a', graph({ kind: 'tanh' }, { kind: 'tanh' }));
    expect(added).toEqual(['tanh_1', 'tanh_2']);
    expect(reads(nodes)).toMatchObject({
      tanh_1: ['a'],
      tanh_2: ['tanh_1'],
      b: ['tanh_2'],
      add_1: ['tanh_2', 'relu_1'],
    });
  });

  it('on an edge is read by the node at its end alone', () => {
    const { nodes } = insertOn(wire(SKIP), { to: 'add_1', index: 0 }, graph({ kind: 'tanh' }));
    expect(reads(nodes)).toMatchObject({ tanh_1: ['a'], b: ['a'], add_1: ['tanh_1', 'relu_1'] });
  });

  it('in front of everything reads the data, and begins an empty graph', () => {
    const { nodes } = insertBehind(wire(CHAIN), 'input', graph({ kind: 'dropout' }));
    expect(unwire(nodes)).toEqual([...graph({ kind: 'dropout' }), ...CHAIN]);
    expect(unwire(insertBehind([], 'input', graph({ kind: 'relu' })).nodes)).toEqual(graph({ kind: 'relu' }));
  });

  it('takes the place of a port without touching the output', () => {
    const { nodes } = insertBehind(wire(SEQ2SEQ), 'encoder.state', graph({ kind: 'tanh' }));
    expect(reads(nodes)).toMatchObject({ tanh_1: ['encoder.state'], decoder: ['decoder_input', 'tanh_1'] });
  });

  it('is copied with its inner wires, and pasted with fresh names', () => {
    const piece = readPiece(pieceText(pieceOf(wire(SKIP), ['b', 'relu_1', 'add_1'])));
    expect(piece && kinds(piece)).toBe('linear relu add');
    const { nodes, added } = insertBehind(wire(SKIP), 'linear_1', piece ?? []);
    const names = reads(nodes);
    expect(added[0]).toBe('b1');
    expect(names[added[2] as string]).toEqual(['linear_1', added[1]]);
    expect(nodes).toHaveLength(8);
    expect(wire(unwire(nodes)).map((node) => node.inputs)).toHaveLength(8);
  });

  it('is read from a text only where it holds nodes', () => {
    expect(readPiece('[{"kind": "relu"}]')).toEqual([{ kind: 'relu' }]);
    expect(readPiece('{"graph": [{"kind": "relu"}]}')).toEqual([{ kind: 'relu' }]);
    for (const text of ['', 'relu', '[]', '[1]', '{"kind": "relu"}', 'null']) expect(readPiece(text)).toBeNull();
  });

  it('between two nodes of a block belongs to the block', () => {
    const block = graph({ kind: 'relu', block: 'x' }, { kind: 'tanh', block: 'x' }, { kind: 'linear' });
    const inside = unwire(insertBehind(wire(block), 'relu_1', graph({ kind: 'gelu' })).nodes);
    const behind = unwire(insertBehind(wire(block), 'tanh_1', graph({ kind: 'gelu' })).nodes);
    expect([inside[1], behind[2]]).toEqual([{ kind: 'gelu', block: 'x' }, { kind: 'gelu' }]);
  });
});

describe('several nodes', () => {
  it('are taken out, and what is left is joined', () => {
    expect(unwire(removeAll(wire(CHAIN), ['conv2d_2', 'relu_2']))).toEqual([...CHAIN.slice(0, 2), ...CHAIN.slice(4)]);
    expect(
      removeAll(
        wire(CHAIN),
        wire(CHAIN).map((node) => node.id),
      ),
    ).toEqual([]);
  });

  it('leave the main branch where a join is taken out, and nothing of a port', () => {
    expect(reads(remove(wire(SKIP), 'add_1')).linear_1).toEqual(['relu_1']);
    expect(reads(remove(wire(SEQ2SEQ), 'encoder')).decoder).toEqual(['decoder_input', 'input']);
  });

  it('are duplicated behind themselves, and repeated', () => {
    expect(kinds(unwire(duplicate(wire(CHAIN), ['conv2d_1', 'relu_1']).nodes))).toBe(
      'conv2d relu conv2d relu conv2d relu flatten linear',
    );
    const block = residual({ arriving: 8, width: 8, stride: 1 });
    const { nodes } = repeat(
      wire(block),
      wire(block).map((node) => node.id),
      3,
    );
    expect(new Set(nodes.map((node) => node.spec.block))).toEqual(new Set(['block1', 'block2', 'block3']));
    expect(nodes).toHaveLength(21);
    const adds = nodes.filter((node) => node.spec.kind === 'add').map((node) => node.inputs[1]);
    expect(adds).toEqual(['input', 'relu_2', 'relu_4']);
  });
});

describe('moving', () => {
  it('goes up and down a chain, and stops at its ends', () => {
    const up = moveUp(wire(CHAIN), ['conv2d_2'], alone);
    expect(up && kinds(unwire(up))).toBe('conv2d conv2d relu relu flatten linear');
    const down = moveDown(wire(CHAIN), ['relu_1'], alone);
    expect(down && unwire(down)).toEqual(up && unwire(up));
    expect(moveUp(wire(CHAIN), ['conv2d_1'], alone)).toBeNull();
    expect(moveDown(wire(CHAIN), ['logits'], alone)).toBeNull();
  });

  it('is undone by moving back', () => {
    const down = moveDown(wire(CHAIN), ['conv2d_1', 'relu_1'], (id) => [id]);
    const back = down && moveUp(down, ['conv2d_1', 'relu_1'], (id) => [id]);
    expect(back && unwire(back)).toEqual(CHAIN);
  });

  it('to another edge keeps names and fields', () => {
    const moved = moveTo(wire(SKIP), ['b'], { to: 'linear_1', index: 0 });
    expect(moved && reads(moved)).toEqual({
      a: ['input'],
      relu_1: ['a'],
      add_1: ['a', 'relu_1'],
      b: ['add_1'],
      linear_1: ['b'],
    });
    expect(moveTo(wire(SKIP), ['b'], { to: 'b', index: 0 })).toBeNull();
  });
});

describe('wires', () => {
  it('read another node, in an order that can be walked', () => {
    const nodes = connect(wire(SKIP), { to: 'b', index: 0 }, 'input');
    expect(nodes && reads(nodes).b).toEqual(['input']);
    const added = connect(wire(SKIP), { to: 'add_1', index: 9 }, 'b');
    expect(added && reads(added).add_1).toEqual(['a', 'relu_1', 'b']);
  });

  it('never make a circle', () => {
    expect(connect(wire(SKIP), { to: 'a', index: 0 }, 'add_1')).toBeNull();
    expect(connect(wire(SKIP), { to: 'a', index: 0 }, 'a')).toBeNull();
    const ports = (kind: string): string[] => (kind === 'gru' ? ['state'] : []);
    expect(possibleSources(wire(SEQ2SEQ), 'decoder', ['input', 'decoder_input'], ports)).toEqual([
      'input',
      'decoder_input',
      'encoder',
      'encoder.state',
    ]);
  });

  it('are taken away while one is left', () => {
    const nodes = disconnect(wire(SKIP), { to: 'add_1', index: 0 });
    expect(nodes && reads(nodes).add_1).toEqual(['relu_1']);
    expect(disconnect(wire(SKIP), { to: 'b', index: 0 })).toBeNull();
  });
});

describe('a node', () => {
  it('is renamed in all that read it or a port of it', () => {
    const nodes = rename(wire(SEQ2SEQ), 'encoder', 'reader');
    expect(reads(nodes).decoder).toEqual(['decoder_input', 'reader.state']);
    expect(unwire(nodes)[0]).toMatchObject({ id: 'reader' });
  });

  it('is called by a name that can be written and is free', () => {
    expect(nameProblem(wire(SKIP), 'a', 'a')).toBeNull();
    expect(nameProblem(wire(SKIP), 'a', 'stem')).toBeNull();
    for (const name of ['', '1a', 'a b', 'b', 'input']) expect(nameProblem(wire(SKIP), 'a', name)).not.toBeNull();
  });

  it('has fields set and taken out', () => {
    const nodes = setField(wire(CHAIN), 'conv2d_1', 'stride', 2);
    expect(unwire(nodes)[0]).toEqual({ kind: 'conv2d', out_channels: 8, stride: 2 });
    expect(unwire(setField(nodes, 'conv2d_1', 'stride', undefined))).toEqual(CHAIN);
  });
});

const kind = (name: string, fields: Record<string, unknown>, change: Partial<Kind> = {}): Kind =>
  ({
    kind: name,
    family: 'layer',
    aliases: [],
    fields: { properties: fields, required: Object.keys(fields) },
    details: { num_inputs: [1, 1], input_ports: [] },
    example: { graph: [{ kind: name, ...fields }] },
    ...change,
  }) as unknown as Kind;
const site = (shape: number[] | null, change: Partial<Site> = {}): Site => ({
  shape,
  isData: false,
  isLast: false,
  data: null,
  alike: [],
  ...change,
});

describe('a new layer', () => {
  const conv = kind('conv2d', { out_channels: 3, kernel_size: 3, padding: 1 });
  const linear = kind('linear', { out_features: 16 });

  it('is as wide as what arrives, and never larger than it', () => {
    expect(newLayer(conv, site([32, 8, 8]))).toEqual([
      { kind: 'conv2d', out_channels: 32, kernel_size: 3, padding: 1 },
    ]);
    expect(newLayer(conv, site([1, 28, 28], { isData: true }))[0]).toMatchObject({ out_channels: 16 });
    expect(newLayer(conv, site([32, 2, 2]))[0]).toMatchObject({ kernel_size: 2, padding: 0 });
    expect(newLayer(kind('max_pool2d', { kernel_size: 2 }), site([32, 1, 1]))[0]).toMatchObject({ kernel_size: 1 });
  });

  it('gives as many numbers as are asked for where it is the last', () => {
    const data = { output_shape: [10] } as unknown as Site['data'];
    expect(newLayer(linear, site([84], { data, isLast: true }))[0]).toMatchObject({ out_features: 10 });
    expect(newLayer(linear, site([84], { data }))[0]).toMatchObject({ out_features: 84 });
    expect(newLayer(linear, site([2], { isData: true }))[0]).toMatchObject({ out_features: 64 });
  });

  it('brings a flatten where an image arrives', () => {
    expect(kinds(newLayer(linear, site([8, 4, 4])))).toBe('flatten linear');
  });

  it('divides what arrives', () => {
    expect([divisor(12, 8), divisor(7, 8), divisor(13, 8)]).toEqual([6, 7, 1]);
    expect(newLayer(kind('group_norm', { num_groups: 4 }), site([12, 4, 4]))[0]).toMatchObject({ num_groups: 6 });
    expect(newLayer(kind('attention', { embed_dim: 16, num_heads: 4 }), site([9, 30]))[0]).toMatchObject({
      embed_dim: 30,
      num_heads: 3,
    });
  });

  it('with several inputs reads something of the same shape beside', () => {
    const add = kind('add', {}, { details: { num_inputs: [2, 64], input_ports: [] } });
    expect(newLayer(add, site([6], { alike: ['a', 'x'] }))).toEqual([{ kind: 'add', inputs: ['a', 'input'] }]);
    const attention = kind(
      'attention',
      {},
      { details: { num_inputs: [3, 3], input_ports: ['query', 'key', 'value'] } },
    );
    expect(newLayer(attention, site([6, 6]))[0]?.inputs).toEqual(['input', 'input', 'input']);
  });
});

describe('a block', () => {
  it('adds what arrives to what its layers give', () => {
    const nodes = wire(residual({ arriving: 16, width: 16, stride: 1 }));
    expect(kinds(unwire(nodes))).toBe('conv2d batch_norm relu conv2d batch_norm add relu');
    expect(nodes.find((node) => node.spec.kind === 'add')?.inputs).toEqual(['norm', 'input']);
  });

  it('brings the skip to the shape of the rest', () => {
    const nodes = residual({ arriving: 16, width: 32, stride: 2 });
    expect(nodes.filter((node) => node.kind === 'conv2d')).toMatchObject([
      { out_channels: 32, kernel_size: 3, stride: 2 },
      { out_channels: 32, kernel_size: 3 },
      { out_channels: 32, kernel_size: 1, stride: 2 },
    ]);
    expect(new Set(nodes.map((node) => node.block))).toEqual(new Set(['block1']));
  });

  it('of rows of numbers has linear layers', () => {
    expect(kinds(BLOCKS[0]?.build(site([12])) ?? [])).toBe('linear batch_norm relu');
  });
});

describe('the place', () => {
  const groupOf: GroupOf = (name) =>
    ({ conv2d: 'weights', linear: 'weights', flatten: 'shape', relu: 'activation' })[name] ?? '';
  const check = {
    data: { input_shape: [1, 8, 8], output_shape: [10] },
    nodes: wire(CHAIN).map(({ id, spec }) => ({ id, output_shape: spec.kind === 'linear' ? [10] : [8, 8, 8] })),
  } as unknown as CheckResult;

  it('without a choice is before the answer, and before the flatten that leads to it', () => {
    expect(endOf(wire(CHAIN), check, groupOf)).toBe('relu_2');
    expect(endOf(wire(CHAIN.slice(0, 4)), check, groupOf)).toBe('relu_2');
    expect(endOf([], check, groupOf)).toBe('input');
  });

  it('of a layer of features is behind the flatten', () => {
    const linear = kind('linear', { out_features: 1 });
    const place = settle(wire(CHAIN), { kind: 'end' }, linear, check, groupOf);
    expect(place).toEqual({ kind: 'behind', source: 'flatten_1' });
    expect(settle(wire(CHAIN), { kind: 'end' }, null, check, groupOf)).toEqual({ kind: 'behind', source: 'relu_2' });
  });

  it('knows what arrives', () => {
    const site = siteOf(wire(CHAIN), { kind: 'behind', source: 'relu_2' }, check);
    expect(site).toMatchObject({ shape: [8, 8, 8], isLast: false, isData: false, alike: ['relu_1', 'conv2d_1'] });
    expect(siteOf([], { kind: 'behind', source: 'input' }, check)).toMatchObject({ isLast: true, isData: true });
  });
});
