import { describe, expect, it } from 'vitest';
import type { Experiment } from '../generated/schemas';
import { byGroup, matching } from './ExperimentMenu';

const experiment = (id: string, group: string, summary = ''): Experiment =>
  ({ id, title: `Net ${id}`, group, summary, spec: {} }) as unknown as Experiment;
const ALL = [experiment('lenet', 'Images', 'digits'), experiment('lstm', 'Sequences'), experiment('vgg', 'Images')];
const ids = (found: readonly Experiment[]): string[] => found.map(({ id }) => id);

describe('the menu of experiments', () => {
  it('finds all words in title, group or summary', () => {
    expect(ids(matching(ALL, ''))).toEqual(['lenet', 'lstm', 'vgg']);
    expect(ids(matching(ALL, 'images'))).toEqual(['lenet', 'vgg']);
    expect(ids(matching(ALL, ' Net DIGITS '))).toEqual(['lenet']);
    expect(ids(matching(ALL, 'images lstm'))).toEqual([]);
  });

  it('lists groups in the order in which they first come', () =>
    expect(byGroup(ALL).map(([group, members]) => [group, ids(members)])).toEqual([
      ['Images', ['lenet', 'vgg']],
      ['Sequences', ['lstm']],
    ]));
});
