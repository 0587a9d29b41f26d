import { beforeEach, describe, expect, it } from 'vitest';
import type { RunSpec } from '../generated/schemas';
import { createDraft, type DraftStore } from '../stores/draft';
import { complete } from './complete';
import { Edits } from './edits';

const named =
  (name: string) =>
  (spec: RunSpec): RunSpec => ({ ...spec, name });

describe('edits', () => {
  let draft: DraftStore;
  let following: { isTyping: boolean };
  let edits: Edits;
  const name = (): string | undefined => draft.getState().spec?.name;

  beforeEach(() => {
    draft = createDraft();
    following = { isTyping: false };
    edits = new Edits(draft, following);
    draft.getState().set(complete({ name: 'old', data: { dataset: 'moons' }, graph: [{ kind: 'relu' } as never] }));
    draft.temporal.getState().clear();
  });

  it('takes what is typed as one edit, and tells the run when it has ended', () => {
    for (const text of ['n', 'ne', 'new']) {
      edits.edit(named(text), 'typing');
      expect(following.isTyping).toBe(true);
    }
    edits.edit(named('new'), 'end');
    expect(following.isTyping).toBe(false);
    edits.undo();
    expect(name()).toBe('old');
    edits.redo();
    expect(name()).toBe('new');
  });

  it('keeps no trace of what was typed and taken back', () => {
    edits.edit(named('first'), 'single');
    edits.edit(named('second'), 'typing');
    edits.edit(named('first'), 'end');
    edits.undo();
    expect(name()).toBe('old');
  });

  it('takes an edit after typing that never ended as one of its own', () => {
    edits.edit(named('typed'), 'typing');
    edits.edit(named('chosen'), 'single');
    expect(following.isTyping).toBe(false);
    edits.undo();
    expect(name()).toBe('typed');
    edits.undo();
    expect(name()).toBe('old');
  });
});
