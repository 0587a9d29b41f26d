import { describe, expect, it } from 'vitest';
import type { Column } from '../../../generated/schemas';
import { keptFields, numInputs, rolesOf, toggled, withTarget } from './columns';

const column = (name: string, type: Column['type'], num_categories = 0): Column => ({
  name,
  type,
  num_categories,
  num_missing: 0,
  categories: [],
  examples: [],
});
const COLUMNS = [
  column('size', 'number'),
  column('colour', 'category', 4),
  column('note', 'text'),
  column('kind', 'category', 3),
];

describe('columns', () => {
  it('that can be used all tell the target where none is named', () => {
    expect(rolesOf(COLUMNS, { target: 'kind' })).toEqual({ target: 'kind', features: ['size', 'colour'] });
    expect(rolesOf(COLUMNS, { target: 'kind', features: ['colour'] }).features).toEqual(['colour']);
  });

  it('change places: the target before tells the new one', () => {
    const roles = { target: 'kind', features: ['size', 'colour'] };
    expect(withTarget(COLUMNS, roles, 'size')).toEqual({ target: 'size', features: ['colour', 'kind'] });
  });

  it('are switched on and off in the order of the table, and one stays', () => {
    const roles = { target: 'kind', features: ['colour'] };
    expect(toggled(COLUMNS, roles, 'size').features).toEqual(['size', 'colour']);
    expect(toggled(COLUMNS, roles, 'colour').features).toEqual(['colour']);
  });

  it('of categories are as many numbers as categories', () => {
    expect(numInputs(COLUMNS, { target: 'kind', features: ['size', 'colour'] })).toBe(5);
  });

  it('of another reading keep what was chosen as far as they are there', () => {
    const made = { columns: COLUMNS, params: { upload: 'b', target: 'kind', features: ['size', 'colour'] } };
    const before = { upload: 'a', target: 'colour', features: ['size'], missing: 'mean' };
    expect(keptFields(made, before)).toEqual({ ...before, upload: 'b' });
    expect(keptFields(made, { ...before, features: ['gone'] })).toMatchObject({ features: ['size', 'colour'] });
    expect(keptFields(made, { ...before, target: 'note' })).toMatchObject({ target: 'kind', missing: 'mean' });
  });
});
