import { describe, expect, it } from 'vitest';
import type {
  CheckedData,
  CheckResult,
  DatasetPreview,
  Kind,
  NodeSpec,
  Original,
  Problem,
  RunSpec,
  Upload,
} from '../../generated/schemas';
import { complete } from '../../session/complete';
import type { Workplace } from '../../session/react';
import { classRows, evenness } from './balance';
import { changesText } from './changes';
import { wishFor } from './choosing';
import { fitted } from './fitting';
import { withNameOf } from './naming';
import { mapOf } from './picture';
import { byGroup, choosables, chosenIn, matching, numSamples, OWN } from './sets';
import { smallNetwork } from './smallNetwork';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

const IRIS = {
  dataset: 'iris',
  task: 'classification',
  input_kind: 'tabular',
  input_shape: [4],
  input_is_index: false,
  output_shape: [3],
  class_names: ['setosa', 'versicolor', 'virginica'],
  num_train: 120,
  num_validation: 30,
} as unknown as CheckedData;
const DIGITS = {
  ...IRIS,
  dataset: 'digits',
  input_kind: 'image',
  input_shape: [1, 8, 8],
  output_shape: [10],
  class_names: [...'0123456789'],
} as CheckedData;
const DIABETES = {
  ...IRIS,
  dataset: 'diabetes',
  task: 'regression',
  output_shape: [1],
  class_names: [],
} as CheckedData;
const TEXT = {
  ...DIGITS,
  dataset: 'text',
  input_kind: 'sequence',
  input_shape: [40],
  input_is_index: true,
} as CheckedData;

const mlp = complete({
  data: { dataset: 'spiral', params: { noise: 0.1 }, augment: [{ kind: 'rotate' }], subset: 50 },
  graph: [
    { id: 'fc1', kind: 'linear', out_features: 8 },
    { kind: 'relu' },
    { id: 'logits', kind: 'linear', out_features: 1 },
  ],
  loss: { kind: 'bce' },
});
const conv = complete({
  data: { dataset: 'digits' },
  graph: [
    { id: 'conv1', kind: 'conv2d', out_channels: 4, kernel_size: 3 },
    { kind: 'flatten' },
    { kind: 'linear', out_features: 10 },
  ],
});

const error = (message: string, mend: Problem['mend'] = null): Problem =>
  ({ severity: 'error', code: 'shape', message, hint: null, path: '', mend }) as unknown as Problem;

/** A server that knows one set, and of networks only this: images are flattened, the answer has its size, and its loss. */
function server(data: CheckedData) {
  return async ({ graph, loss }: RunSpec): Promise<CheckResult> => {
    const has = (kind: string): boolean => graph.some((node) => node.kind === kind);
    const isImage = data.input_shape.length === 3;
    const problems: Problem[] = [];
    if (isImage && !has('flatten')) {
      problems.push(
        error('no image', { label: 'Add flatten', node: 'fc1', field: 'insert_before', value: { kind: 'flatten' } }),
      );
    }
    if (!isImage && has('conv2d')) {
      problems.push(
        error('no rows', { label: 'Reshape', node: 'conv1', field: 'insert_before', value: { kind: 'reshape' } }),
      );
    }
    if (data.input_is_index && !has('embedding')) {
      const value = { kind: 'embedding', embedding_dim: 16 } as const;
      problems.push(error('no words', { label: 'Add embedding', node: 'fc1', field: 'insert_before', value } as never));
    }
    const last = graph.at(-1) as unknown as { out_features: number };
    const binary = data.class_names.length === 2 && last.out_features === 1;
    if (last.out_features !== data.output_shape[0] && !binary) problems.push(error('wrong size'));
    if (data.task === 'regression' && loss?.kind === 'bce') problems.push(error('wrong loss'));
    return { ok: problems.length === 0, data, problems, nodes: [] } as unknown as CheckResult;
  };
}
const kindsOf = (graph: readonly NodeSpec[] | undefined): string[] => (graph ?? []).map(({ kind }) => kind);

describe('choosing another set', () => {
  it('sets the size of the answer and the loss, and says so', async () => {
    const found = await fitted(mlp, { dataset: 'iris', params: {} }, server(IRIS));
    expect(found.problem).toBeNull();
    expect(found.spec?.data).toMatchObject({ dataset: 'iris', params: {}, augment: [], subset: null });
    expect(found.spec?.graph.at(-1)).toMatchObject({ id: 'logits', out_features: 3 });
    expect(found.spec?.loss).toBeNull();
    expect(changesText(found.changes)).toBe(
      'Logits: units 1 → 3, loss bce → cross entropy, augmentations go, all samples are used.',
    );
  });

  it('does what the server says would mend the network', async () => {
    const found = await fitted(mlp, { dataset: 'digits', params: {} }, server(DIGITS));
    expect(kindsOf(found.spec?.graph)).toEqual(['flatten', 'linear', 'relu', 'linear']);
    expect(found.changes).toContain('flatten is added');
    expect(found.changes).toContain('logits: units 1 → 10');
  });

  it('has another loss where numbers are asked for', async () => {
    const found = await fitted(mlp, { dataset: 'diabetes', params: {} }, server(DIABETES));
    expect(found.spec?.loss).toBeNull();
    expect(found.changes).toContain('loss bce → mse');
  });

  it('takes a small network where the one that is there cannot read such data', async () => {
    const found = await fitted(conv, { dataset: 'iris', params: {} }, server(IRIS));
    expect(kindsOf(found.spec?.graph)).toEqual(['linear', 'relu', 'linear', 'relu', 'linear']);
    expect(found.problem).toBeNull();
    expect(changesText(found.changes)).toBe('A small network for rows of numbers takes the place of yours.');
  });

  it('takes a small network that reads in order where words come to one that does not', async () => {
    const found = await fitted(mlp, { dataset: 'text', params: {} }, server(TEXT));
    expect(kindsOf(found.spec?.graph)).toEqual(['embedding', 'gru', 'linear']);
    expect(found.problem).toBeNull();
  });

  it('leaves alone what fits', async () => {
    const found = await fitted(conv, { dataset: 'digits', params: { x: 1 } }, server(DIGITS));
    expect(found.spec).toEqual({ ...conv, data: { ...conv.data, params: { x: 1 } } });
    expect(changesText(found.changes)).toBe('The network fits as it is.');
  });

  it('changes nothing where the data cannot be read', async () => {
    const check = async (): Promise<CheckResult> =>
      ({ ok: false, data: null, problems: [error('The files are not there.')] }) as unknown as CheckResult;
    const found = await fitted(mlp, { dataset: 'mnist', params: {} }, check);
    expect(found).toMatchObject({ spec: null, problem: { message: 'The files are not there.' } });
  });
});

describe('the name of the experiment', () => {
  const kinds = [{ family: 'dataset', title: 'Digits', kind: 'digits' }];
  const catalog = { kinds, experiments: [{ spec: { name: 'MLP on Iris' } }] };
  const workplace = {
    page: { getState: () => ({ catalog }) },
    session: { datasets: { store: { getState: () => ({ uploads: [{ id: 'u1', name: 'my.csv' }], putAway: [] }) } } },
  } as unknown as Workplace;
  const named = (name: string): string => withNameOf({ ...mlp, name }, 'Wine', workplace).name;

  it('follows the data where an experiment or a set gave it', () => {
    expect(['MLP on Iris', 'Digits', 'my.csv'].map(named)).toEqual(['Wine', 'Wine', 'Wine']);
  });

  it('stays where a hand gave it', () => {
    expect(named('My own')).toBe('My own');
  });
});

describe('a small network', () => {
  const ends = (data: CheckedData): unknown => smallNetwork(data).at(-1);
  it('answers as the data ask', () => {
    expect(ends(DIGITS)).toMatchObject({ kind: 'linear', out_features: 10 });
    expect(ends({ ...TEXT, output_shape: [40, 29] })).toMatchObject({ out_features: 29 });
  });

  it('reads tokens one by one, and answers at each step where that is asked', () => {
    const gruOf = (data: CheckedData): unknown => smallNetwork(data)[1];
    expect(kindsOf(smallNetwork(TEXT))).toEqual(['embedding', 'gru', 'linear']);
    expect(gruOf(TEXT)).not.toHaveProperty('output');
    expect(gruOf({ ...TEXT, output_shape: [40, 29] })).toMatchObject({ output: 'sequence' });
    expect(kindsOf(smallNetwork({ ...DIABETES, input_shape: [20, 2] }))).toEqual(['gru', 'linear']);
  });

  it('pools pictures that are large enough', () => {
    const pools = (side: number): number =>
      kindsOf(smallNetwork({ ...DIGITS, input_shape: [3, side, side] })).filter((kind) => kind === 'max_pool2d').length;
    expect([4, 8, 16, 64].map(pools)).toEqual([0, 1, 2, 2]);
  });
});

const dataset = (kind: string, group: string, fields: readonly string[], details: object = {}): Kind =>
  ({
    kind,
    family: 'dataset',
    aliases: [],
    title: kind,
    group,
    help: `about ${kind}`,
    source: 'a book',
    details,
    fields: { properties: Object.fromEntries(fields.map((name) => [name, { type: 'integer', default: 500 }])) },
  }) as unknown as Kind;
const KINDS = [
  dataset('digits', 'Images', []),
  dataset('moons', 'Points in the plane', ['samples', 'noise'], { input_kind: 'points' }),
  dataset('curve', 'Points in the plane', ['samples', 'noise', 'curve'], { input_kind: 'points' }),
  dataset('csv', 'Your own', ['upload']),
  dataset('painted', 'Your own', ['points']),
  { ...dataset('relu', 'x', []), family: 'layer' } as Kind,
];
const UPLOAD = {
  id: 'u1',
  name: 'plants.csv',
  dataset: 'csv',
  summary: '9 rows',
  params: { upload: 'u1' },
} as unknown as Upload;

describe('the gallery', () => {
  const sets = choosables(KINDS, [UPLOAD]);
  it('has the files of the user in the place of the kinds that read them', () => {
    expect(sets.map(({ key }) => key)).toEqual(['u1', 'digits', 'moons', 'curve']);
    expect(byGroup(sets).map(([group]) => group)).toEqual([OWN, 'Points in the plane', 'Images']);
  });

  it('finds all words in what is known of a set', () => {
    const found = (query: string): string[] => matching(sets, query).map(({ key }) => key);
    expect(found('')).toHaveLength(4);
    expect(found('POINTS moon')).toEqual(['moons']);
    expect(found('plants')).toEqual(['u1']);
    expect(found('moon digits')).toEqual([]);
  });

  it('knows which one is in use, a file by its own name', () => {
    const chosen = (data: object) => chosenIn(sets, data as RunSpec['data'])?.key;
    expect(chosen({ dataset: 'moons', params: {} })).toBe('moons');
    expect(chosen({ dataset: 'csv', params: { upload: 'u1' } })).toBe('u1');
    expect(chosen({ dataset: 'csv', params: { upload: 'u2' } })).toBeUndefined();
  });

  it('draws points few and with little noise, and counts them as they would be chosen', () => {
    const [upload, , moons] = sets as [(typeof sets)[0], (typeof sets)[0], (typeof sets)[0]];
    expect(moons.drawn).toEqual({ samples: 160, noise: 0.15 });
    expect(numSamples(moons, { data: { num_train: 128, num_validation: 32 } } as DatasetPreview)).toBe(500);
    expect(numSamples(upload, { data: { num_train: 7, num_validation: 2 } } as DatasetPreview)).toBe(9);
    expect(numSamples(upload, null)).toBeNull();
    // The picture of MNIST is of its first samples, which are not all.
    const drawn = { samples: 60 };
    const mnist = { ...moons, drawn, kind: { ...moons.kind, fields: {}, details: { samples: 70_000 } } };
    const few = { data: { num_train: 48, num_validation: 12 } } as DatasetPreview;
    expect(numSamples(mnist, few, { parts: ['test'] } as unknown as Original)).toBeNull();
    expect(numSamples(mnist, few, { parts: ['train', 'test'] } as unknown as Original)).toBe(70_000);
  });

  it('keeps fields that two sets of points share', () => {
    const [, digits, moons, curve] = sets as [(typeof sets)[0], (typeof sets)[0], (typeof sets)[0], (typeof sets)[0]];
    const spec = { data: { dataset: 'curve', params: { noise: 0.5, curve: 'sine' } } } as unknown as RunSpec;
    expect(wishFor(moons, spec, curve.kind).params).toEqual({ noise: 0.5 });
    expect(wishFor(moons, spec, digits.kind).params).toEqual({});
    expect(wishFor(digits, spec, curve.kind).params).toEqual({});
  });
});

describe('the picture of a set without pictures', () => {
  const preview = (data: CheckedData, rows: readonly (readonly [string, unknown[]])[]): DatasetPreview =>
    ({
      data,
      samples: rows.map(([label, values], index) => ({ index, label, text: null, values })),
    }) as unknown as DatasetPreview;

  it('is a table on its side, by label, each column against its own spread', () => {
    const { map, scale } = mapOf(
      preview(IRIS, [
        ['b', [3, 10]],
        ['a', [1, 30]],
        ['b', [3, 10]],
        ['a', [1, 30]],
      ]),
    );
    expect(scale).toBe('diverging');
    // Mean 2 and standard deviation 1: values lie a quarter of the scale from its middle.
    expect(map).toEqual([
      [0.25, 0.25, 0.75, 0.75],
      [0.75, 0.75, 0.25, 0.25],
    ]);
  });

  it('sorts numbers by size', () => {
    const { map } = mapOf(
      preview(DIABETES, [
        ['10', [10]],
        ['9', [9]],
        ['-1', [-1]],
      ]),
    );
    expect([...(map[0] ?? [])].sort((a, b) => a - b)).toEqual(map[0]);
  });

  it('has a row for each number of a step', () => {
    const { map, scale } = mapOf(
      preview({ ...DIABETES, input_shape: [3, 2] } as CheckedData, [
        [
          '1',
          [
            [0, 4],
            [1, 4],
            [2, 0],
          ],
        ],
      ]),
    );
    expect(scale).toBe('sequential');
    expect(map).toEqual([
      [0, 0.25, 0.5],
      [1, 1, 0],
    ]);
  });
});

describe('the balance of classes', () => {
  const rows = (...train: number[]) =>
    train.map((count, at) => ({ name: String(at), train: count, trainedOn: count, validation: 0 }));
  it('is said in words', () => {
    expect(evenness(rows(40, 40))).toBe('40 of each class to train on');
    expect(plain(evenness(rows(1400, 1460)))).toBe('1 400 to 1 460 of each class to train on');
    expect(evenness(rows(84, 20, 50))).toBe('the largest class has 4.2 times as many as the smallest');
    expect(evenness(rows(5, 0))).toBe('some classes have nothing to train on');
  });

  it('has a row for each class, in their order, also for one that a part lacks', () => {
    const train_counts = { virginica: 3, setosa: 4 };
    const preview = { data: IRIS, train_counts, oversampled_counts: {}, validation_counts: { setosa: 1 } };
    expect(classRows(preview as unknown as DatasetPreview)).toEqual([
      { name: 'setosa', train: 4, trainedOn: 4, validation: 1 },
      { name: 'versicolor', train: 0, trainedOn: 0, validation: 0 },
      { name: 'virginica', train: 3, trainedOn: 3, validation: 0 },
    ]);
    const repeated = classRows({
      ...preview,
      oversampled_counts: { virginica: 4, setosa: 4 },
    } as unknown as DatasetPreview);
    expect(repeated.map(({ train, trainedOn }) => [train, trainedOn])).toEqual([
      [4, 4],
      [0, 0],
      [3, 4],
    ]);
    expect(evenness(repeated.filter(({ train }) => train > 0))).toBe('4 of each class to train on');
    expect(classRows({ ...preview, train_counts: {} } as unknown as DatasetPreview)).toEqual([]);
  });
});
