import { describe, expect, it } from 'vitest';
import type { MatrixItem } from '../../words/frames';
import { array } from '../gallery/samples';
import { confusedPairs, NAME_GAP, nameColumn, rowTotals, within, wrongOf } from './confusion';
import { inCell } from './MatrixDrawing';

const names = ['a', 'b', 'c'];
const item: MatrixItem = {
  row_title: 'true',
  column_title: 'predicted',
  row_names: names,
  column_names: names,
  values: array([5, 0, 2, 1, 7, 0, 4, 0, 9], 3, 3),
};

describe('a confusion matrix in words', () => {
  it('counts what lies off the diagonal', () => {
    expect(wrongOf(item)).toEqual({ wrong: 7, total: 28 });
    expect([...rowTotals(item)]).toEqual([7, 8, 13]);
  });

  it('lists pairs, most often confused first, without the right ones', () => {
    expect(confusedPairs(item)).toEqual([
      { from: 'c', to: 'a', count: 4 },
      { from: 'a', to: 'c', count: 2 },
      { from: 'b', to: 'a', count: 1 },
    ]);
  });

  it('writes a cell as a count, or as a share of its row', () => {
    expect([inCell(4, 13, 'counts'), inCell(4, 13, 'shares'), inCell(0, 0, 'shares')]).toEqual(['4', '31', '0']);
  });
});

it('keeps the name of the last column inside the picture', () => {
  expect(within(300, 20, 320)).toBe(300);
  expect(within(310, 40, 320)).toBe(300);
});

it('has room for whole names in a narrow panel, and for the cells where names are long', () => {
  expect(nameColumn(44, 238) - NAME_GAP).toBeGreaterThanOrEqual(44);
  expect(nameColumn(200, 238)).toBeLessThan(60);
});
