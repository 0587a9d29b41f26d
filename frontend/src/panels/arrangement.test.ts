import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../generated/schemas';
import {
  add,
  choose,
  close,
  defaultArrangement,
  fitting,
  maximise,
  move,
  readArrangement,
  resize,
} from './arrangement';
import { check } from './gallery/samples';
import { spanAt } from './PanelCorner';

const ids = (result: CheckResult | null): string[] => defaultArrangement(result).places.map((place) => place.id);
const withData = (data: Partial<NonNullable<CheckResult['data']>>, base = check('image')): CheckResult => ({
  ...base,
  data: { ...(base.data as NonNullable<CheckResult['data']>), ...data },
});
const plain = (result: CheckResult): CheckResult => ({
  ...result,
  nodes: result.nodes.filter((node) => !/norm/.test(node.kind)),
});

describe('the panels that a page opens with', () => {
  it('shows six panels for images', () => {
    const six = ['loss', 'accuracy', 'activations', 'norm_statistics', 'filters', 'confusion'];
    expect(ids(check('image'))).toEqual(six);
    expect(ids(null)).toEqual(six);
  });

  it('gives the surface of 2-D points two rows', () => {
    const { places } = defaultArrangement(check('plane'));
    expect(places[0]).toEqual({ id: 'decision_surface', rows: 2 });
    expect(places.map((place) => place.id)).toEqual(['decision_surface', 'loss', 'accuracy', 'activations']);
  });

  it('shows the error of a regression, and weights where there is no norm', () => {
    expect(ids(check('regression'))).toContain('error');
    const sequence = plain(withData({ input_kind: 'sequence', input_shape: [8] }));
    expect(ids(sequence)).toEqual(['loss', 'accuracy', 'activations', 'weights', 'confusion']);
    expect(defaultArrangement(sequence).places[2]).toEqual({ id: 'activations', columns: 2 });
    const numbers = withData({ input_kind: 'tabular', task: 'regression', class_names: [] });
    expect(ids(numbers)).toEqual(['loss', 'error', 'activations', 'norm_statistics', 'weight_gradients']);
  });
});

describe('changes of an arrangement', () => {
  const start = defaultArrangement(null);

  it('closes, adds again at the end, once', () => {
    const without = close(start, 'filters');
    expect(without.places.some((place) => place.id === 'filters')).toBe(false);
    const back = add(add(without, 'filters'), 'filters');
    expect(back.places.map((place) => place.id).filter((id) => id === 'filters')).toHaveLength(1);
    expect(back.places.at(-1)?.id).toBe('filters');
  });

  it('moves a panel and leaves the others in order', () => {
    const moved = move(start, 'confusion', 0).places.map((place) => place.id);
    expect(moved).toEqual(['confusion', 'loss', 'accuracy', 'activations', 'norm_statistics', 'filters']);
    expect(move(start, 'loss', -1)).toBe(start);
    expect(move(start, 'nothing', 2)).toBe(start);
  });

  it('keeps choices with the panel, and forgets a maximised one that is closed', () => {
    const chosen = choose(start, 'loss', 'scale', 'log');
    expect(chosen.places[0]).toEqual({ id: 'loss', options: { scale: 'log' } });
    expect(close(maximise(start, 'loss'), 'loss').maximised).toBeNull();
  });
});

describe('an arrangement that was chosen', () => {
  it('holds for the data that it was made for, and not for others', () => {
    const images = close(defaultArrangement(check('image')), 'loss');
    expect(fitting(images, defaultArrangement(check('image')))).toEqual(images);
    expect(fitting(images, defaultArrangement(check('plane')))).toEqual(defaultArrangement(check('plane')));
    expect(fitting(images, defaultArrangement(null))).toEqual(images);
    expect(fitting({ rubbish: true }, defaultArrangement(null))).toEqual(defaultArrangement(null));
  });
});

describe('an arrangement from a link', () => {
  it('comes back as it was', () => {
    const one = choose(maximise(defaultArrangement(check('plane')), 'loss'), 'loss', 'scale', 'log');
    expect(readArrangement(JSON.parse(JSON.stringify(one)))).toEqual(one);
  });

  it.each([
    null,
    [],
    {},
    { places: [{}] },
    { places: [{ id: 1 }] },
    { places: [{ id: 'loss', rows: 99 }] },
    { places: [{ id: 'loss', options: { scale: 1 } }] },
    { places: [{ id: 'loss' }, { id: 'loss' }] },
  ])('is refused when it is not one: %j', (value) => expect(readArrangement(value)).toBeNull());

  it('gives a panel another size, within three rows and columns', () => {
    const sized = resize(resize(add(defaultArrangement(null), 'weights'), 'weights', 2, 9), 'loss', 0, 2);
    expect(sized.places.find((place) => place.id === 'weights')).toMatchObject({ rows: 2, columns: 3 });
    expect(sized.places.find((place) => place.id === 'loss')).toMatchObject({ rows: 1, columns: 2 });
    expect(readArrangement(JSON.parse(JSON.stringify(sized)))).toEqual(sized);
  });

  it('follows the corner that is dragged by whole cells', () => {
    const start = { x: 400, y: 300, width: 400, height: 200, span: { rows: 1, columns: 2 } };
    expect(spanAt(start, 400, 300)).toEqual({ rows: 1, columns: 2 });
    expect(spanAt(start, 290, 420)).toEqual({ rows: 2, columns: 1 });
    expect(spanAt(start, -500, -500)).toEqual({ rows: 1, columns: 1 });
  });
});
