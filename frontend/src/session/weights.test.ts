import { beforeEach, describe, expect, it } from 'vitest';
import type { WeightChange } from '../generated/schemas';
import { createDraft, type DraftStore, type SetWeight } from '../stores/draft';
import { complete } from './complete';
import { followWeights } from './weights';

const at = (index: number[]) => ({ node: 'linear_1', parameter: 'weight', index }) as SetWeight['weight'];

describe('weights that are set by hand', () => {
  let draft: DraftStore;
  let sent: [string, readonly WeightChange[]][];
  const set = (one: SetWeight): void => draft.setState({ weights: [...draft.getState().weights, one] });
  const last = (): [string, number | undefined] => [sent.at(-1)?.[0] ?? '', sent.at(-1)?.[1].at(-1)?.value];

  beforeEach(() => {
    draft = createDraft();
    draft.getState().set(complete({ data: { dataset: 'moons' }, graph: [{ kind: 'relu' } as never] }));
    draft.temporal.getState().clear();
    sent = [];
    followWeights(draft, (run, weights) => sent.push([run, weights]));
  });

  it('are sent, put back by undo and set again by redo, between other edits', () => {
    const { undo, redo } = draft.temporal.getState();
    set({ run: 'r1', weight: at([0, 1]), before: 0.25, after: 2 });
    expect(sent).toEqual([['r1', [{ ...at([0, 1]), value: 2 }]]]);
    draft.getState().edit((spec) => ({ ...spec, name: 'other' }));
    set({ run: 'r1', weight: at([3, 0]), before: -1, after: 0 });
    undo();
    expect(last()).toEqual(['r1', -1]);
    undo();
    expect(sent).toHaveLength(3);
    expect(draft.getState().spec?.name).not.toBe('other');
    undo();
    expect(last()).toEqual(['r1', 0.25]);
    redo();
    expect(last()).toEqual(['r1', 2]);
    redo();
    redo();
    expect(last()).toEqual(['r1', 0]);
  });

  it('put several undone at once back in turn, the first value last', () => {
    set({ run: 'r1', weight: at([0, 1]), before: 0.25, after: 2 });
    set({ run: 'r1', weight: at([0, 1]), before: 2, after: 3 });
    draft.temporal.getState().undo(2);
    expect(sent.at(-1)?.[1].map(({ value }) => value)).toEqual([2, 0.25]);
  });
});
