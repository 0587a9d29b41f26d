import { beforeEach, describe, expect, it } from 'vitest';
import type { RunView, WeightChange } from '../generated/schemas';
import { createDraft, type DraftStore, type SetWeight } from '../stores/draft';
import { createPage } from '../stores/page';
import { RunRecord } from '../stores/record';
import type { Change } from '../wire/rest';
import { complete } from './complete';
import { WeightErrands } from './weights';

const at = (index: number[]) => ({ node: 'linear_1', parameter: 'weight', index }) as SetWeight['weight'];

describe('weights that are set by hand', () => {
  let draft: DraftStore;
  let sent: [string, readonly WeightChange[]][];
  let record: RunRecord;
  let told: () => string | undefined;
  let weights: WeightErrands;
  const set = (index: number[], before: number, after: number): void => weights.set(at(index), before, after);
  const last = (): [string, number | undefined] => [sent.at(-1)?.[0] ?? '', sent.at(-1)?.[1].at(-1)?.value];

  beforeEach(() => {
    draft = createDraft();
    draft.getState().set(complete({ data: { dataset: 'moons' }, graph: [{ kind: 'relu' } as never] }));
    draft.temporal.getState().clear();
    sent = [];
    const page = createPage();
    record = new RunRecord('r1');
    record.progress = { ...record.progress, status: 'running' };
    page.setState({ record });
    told = () => page.getState().notice?.title;
    const change = async (run: string, { weights: all }: Change) => {
      sent.push([run, all as readonly WeightChange[]]);
      return {} as RunView;
    };
    weights = new WeightErrands(page, draft, { change }, async (act) => {
      await act();
    });
  });

  it('are sent, put back by undo and set again by redo, between other edits', () => {
    const { undo, redo } = draft.temporal.getState();
    set([0, 1], 0.25, 2);
    expect(sent).toEqual([['r1', [{ ...at([0, 1]), value: 2 }]]]);
    draft.getState().edit((spec) => ({ ...spec, name: 'other' }));
    set([3, 0], -1, 0);
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
    set([0, 1], 0.25, 2);
    set([0, 1], 2, 3);
    draft.temporal.getState().undo(2);
    expect(sent.at(-1)?.[1].map(({ value }) => value)).toEqual([2, 0.25]);
  });

  it('are not set in a run that has ended', () => {
    record.progress = { ...record.progress, status: 'completed' };
    set([0, 1], 0.25, 2);
    expect([sent, draft.getState().weights, told()]).toEqual([[], [], 'This run has ended.']);
  });
});
