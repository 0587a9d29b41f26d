import { expect, it, vi } from 'vitest';
import type { CheckResult, RunSpec } from '../generated/schemas';
import { complete } from '../session/complete';
import { Edits } from '../session/edits';
import { createDraft } from '../stores/draft';
import { setParameter } from './parameters';

const LAST = { kind: 'linear', out_features: 10 } as never;

/** A page whose server says that so many classes ask for as many outputs. */
function opened() {
  const draft = createDraft();
  draft.getState().set(complete({ data: { dataset: 'glyphs' }, graph: [{ kind: 'flatten' } as never, LAST] }));
  draft.temporal.getState().clear();
  const edits = new Edits(draft, { isTyping: false });
  const tryOn = vi.fn(async ({ data, graph }: RunSpec) => {
    const classes = Number(data.params.classes ?? 10);
    const ok = (graph.at(-1) as unknown as { out_features: number }).out_features === classes;
    const facts = {
      task: 'classification',
      class_names: 'abcdefghijkl'.slice(0, classes).split(''),
      output_shape: [classes],
    };
    return { ok, problems: ok ? [] : [{ code: 'wrong_output' }], data: facts } as unknown as CheckResult;
  });
  const session = { edit: edits.edit.bind(edits), ask: { tryOn } } as never;
  const spec = (): RunSpec => draft.getState().spec as RunSpec;
  return { place: { session, draft }, spec, edits, tryOn };
}

it('brings as many outputs as the data then ask for, as one edit', async () => {
  const { place, spec, edits, tryOn } = opened();
  await setParameter(place, 'classes', 1, 'typing');
  expect(tryOn).not.toHaveBeenCalled();
  await setParameter(place, 'classes', 12, 'end');
  expect(spec().data.params).toEqual({ classes: 12 });
  expect(spec().graph.at(-1)).toMatchObject({ out_features: 12 });
  edits.undo();
  expect(spec().data.params).toEqual({});
  expect(spec().graph.at(-1)).toMatchObject({ out_features: 10 });
  edits.redo();
  expect(spec().graph.at(-1)).toMatchObject({ out_features: 12 });
});

it('leaves a network alone that fits, or that was edited meanwhile', async () => {
  const { place, spec, edits } = opened();
  await setParameter(place, 'noise', 0.3, 'single');
  expect(spec().graph.at(-1)).toBe(LAST);
  const done = setParameter(place, 'classes', 3, 'single');
  edits.edit((now) => ({ ...now, name: 'other' }), 'single');
  await done;
  expect(spec().graph.at(-1)).toBe(LAST);
});
