import { describe, expect, it } from 'vitest';
import type { Kind } from '../generated/schemas';
import { type ExtentForm, extentForm, extentText, readExtent, stepExtent } from './extent';
import { blocksOf, FOLDS_FROM, foldedBlocks } from './folding';
import { wire } from './graph';
import { layerEntries, searchLayers } from './layerSearch';

const layer = (kind: string, title: string, group: string, aliases: string[] = [], help = ''): Kind =>
  ({ kind, title, group, aliases, help, family: 'layer', fields: {}, details: {} }) as unknown as Kind;

const ENTRIES = layerEntries([
  layer('relu', 'ReLU', 'activation'),
  layer('leaky_relu', 'LeakyReLU', 'activation'),
  layer('linear', 'Linear', 'weights', ['dense'], 'A weighted sum of all inputs.'),
  layer('some_new', 'SomeNew', 'brand_new'),
  layer('residual', 'Residual', 'weights'),
]);
const titles = (query: string): string[] => searchLayers(ENTRIES, query).map((entry) => entry.title);

describe('the search for a layer', () => {
  it('lists weights, blocks, and groups that the page does not know', () => {
    expect(ENTRIES[0]?.title).toBe('Linear');
    expect(ENTRIES[2]?.group).toBe('Blocks');
    expect(ENTRIES.at(-1)).toMatchObject({ title: 'SomeNew', group: 'Brand new' });
  });

  it('tells a block from a kind that is called alike', () => {
    expect(new Set(ENTRIES.map((entry) => entry.id)).size).toBe(ENTRIES.length);
    expect(titles('residual').slice(0, 2)).toEqual(['Residual', 'Residual block']);
  });

  it('finds by title, kind, alias and help, the closest first', () => {
    expect(titles('relu').slice(0, 2)).toEqual(['ReLU', 'Convolution, norm, activation']);
    expect(titles('leaky')).toEqual(['LeakyReLU']);
    expect(titles('dense')).toEqual(['Linear']);
    expect(titles('weighted')).toEqual(['Linear']);
    expect(titles('resnet')[0]).toBe('Residual block');
    expect(titles('xyz')).toEqual([]);
  });
});

describe('a size of several directions', () => {
  const form: ExtentForm = { count: 2, words: ['same'], least: 1 };

  it('is known by its schema', () => {
    const anyOf = [
      { type: 'integer', minimum: 0 },
      { type: 'array', maxItems: 2 },
      { type: 'string', const: 'same' },
    ];
    const kind = { fields: { properties: { padding: { anyOf }, groups: { type: 'integer' } } } } as unknown as Kind;
    expect(extentForm(kind, 'padding')).toEqual({ count: 2, words: ['same'], least: 0 });
    expect(extentForm(kind, 'groups')).toBeNull();
  });

  it.each([
    ['3', 3],
    ['3 × 3', 3],
    ['3x5', [3, 5]],
    ['3, 5', [3, 5]],
    ['Same', 'same'],
    ['0', null],
    ['3 × 5 × 7', null],
    ['1.5', null],
    ['wide', null],
    ['', null],
  ])('is read as people type it: %s', (text, value) => expect(readExtent(text, form)).toEqual(value));

  it('is written, and stepped', () => {
    expect([extentText(3, form), extentText([3, 5], form), extentText('same', form)]).toEqual([
      '3 × 3',
      '3 × 5',
      'same',
    ]);
    expect([stepExtent(3, 1, form), stepExtent([1, 5], -1, form)]).toEqual([4, [1, 4]]);
  });
});

describe('folding', () => {
  const graph = (length: number) =>
    wire(Array.from({ length }, (_, index) => ({ kind: 'relu', block: index < 2 ? 'a' : 'b' })) as never);

  it('begins where the network is long, and goes by the hand', () => {
    expect(blocksOf(graph(4))).toEqual(['a', 'b']);
    expect(foldedBlocks(graph(4), {}).size).toBe(0);
    expect(foldedBlocks(graph(4), { a: true }).size).toBe(2);
    const long = graph(FOLDS_FROM + 1);
    expect(foldedBlocks(long, {}).size).toBe(long.length);
    expect(new Set(foldedBlocks(long, { b: false }).values())).toEqual(new Set(['a']));
  });
});
