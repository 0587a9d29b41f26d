import { describe, expect, it } from 'vitest';
import type { Lesson, LessonSummary, RunSpec } from '../generated/schemas';
import { isCovered, lessonFor, type OwnExperiment, progressText, readProgress } from '../stores/lesson';
import { createPage } from '../stores/page';
import { readAddress, withLesson } from './address';
import { complete } from './complete';
import { LessonErrands } from './lessons';

const spec = (name: string): RunSpec =>
  complete({ name, data: { dataset: 'moons' }, graph: [{ kind: 'linear', out_features: 2 }] });
const OWN: OwnExperiment = { spec: spec('Mine'), run: 'run7', past: [{ spec: spec('Before') }], future: [] };
const SUMMARIES = [
  { id: 'init-zero', title: 'Zero', chapter: 'Initialisation', diagnoses: ['symmetric_units'] },
  { id: 'both', title: 'Both', chapter: 'Data', diagnoses: ['diverged', 'plateau'] },
  { id: 'plateau', title: 'Plateau', chapter: 'Data', diagnoses: ['plateau'] },
] as const satisfies readonly unknown[] as unknown as LessonSummary[];
const LESSON = {
  ...SUMMARIES[0],
  spec: spec('Zero'),
  remedy: { label: 'Mend', text: '', spec: spec('Mended') },
} as unknown as Lesson;

/** A page that only tells what was done to it. */
function stand(own: OwnExperiment | null = OWN, runs: readonly string[] = ['run7']) {
  const acts: string[] = [];
  const page = createPage();
  const errands = new LessonErrands(
    page,
    {
      lessons: async () => ({ lessons: SUMMARIES }),
      lesson: async (id) => {
        if (id !== 'init-zero') throw new Error(`There is no lesson called ${id}.`);
        return LESSON;
      },
    },
    {
      showing: {
        beginAnew: (one) => void acts.push(`begin ${(one as RunSpec).name}`),
        show: async (run) => {
          acts.push(`show ${run}`);
          return runs.includes(run);
        },
        own: () => own,
        remember: ({ past }) => void acts.push(`remember ${past.length}`),
      },
      replace: (one) => void acts.push(`replace ${one.name}`),
      train: async () => void acts.push('train'),
      inTurn: (act) => act(),
      tellAddress: () => void acts.push('address'),
    },
  );
  return { acts, page, errands, now: () => errands.store.getState() };
}

describe('a lesson', () => {
  it('opens with its experiment and keeps what was there', async () => {
    const { acts, errands, now } = stand();
    expect(await errands.open('init-zero')).toBe(true);
    expect(acts).toEqual(['begin Zero']);
    expect(now()).toMatchObject({ open: 'init-zero', lesson: LESSON, stage: 'predict', prediction: null, own: OWN });
    expect(isCovered(now())).toBe(true);
  });

  it('takes a prediction until it trains, and then uncovers the panels', async () => {
    const { errands, now } = stand();
    await errands.open('init-zero');
    errands.predict(1);
    errands.predict(2);
    errands.began();
    errands.predict(0);
    expect(now()).toMatchObject({ stage: 'run', prediction: 2 });
    expect(isCovered(now())).toBe(false);
    errands.explain();
    errands.began();
    expect(now().stage).toBe('explain');
  });

  it('trains the remedy, and comes back from it', async () => {
    const { acts, errands, now } = stand();
    await errands.open('init-zero');
    await errands.mend();
    expect(now().isMended).toBe(true);
    errands.unmend();
    expect(now().isMended).toBe(false);
    expect(acts).toEqual(['begin Zero', 'replace Mended', 'train', 'replace Zero']);
  });

  it('brings the own experiment back: its run, and its edits', async () => {
    const { acts, errands, now } = stand();
    await errands.open('init-zero');
    await errands.open('init-zero');
    await errands.back();
    expect(acts).toEqual(['begin Zero', 'begin Zero', 'address', 'show run7', 'remember 1']);
    expect(now()).toMatchObject({ open: null, own: null, lesson: null });
  });

  it('makes a new run of it where the old one is gone', async () => {
    const { acts, errands } = stand(OWN, []);
    await errands.open('init-zero');
    await errands.back();
    expect(acts.slice(-3)).toEqual(['show run7', 'begin Mine', 'remember 1']);
  });

  it('is taken over with a way back', async () => {
    const { acts, errands, page, now } = stand();
    await errands.open('init-zero');
    errands.takeOver();
    expect(now().open).toBeNull();
    expect(acts).toEqual(['begin Zero', 'address']);
    page.getState().notice?.action?.run();
    await Promise.resolve();
    await Promise.resolve();
    expect(acts).toContain('show run7');
  });

  it('says why it did not come, and leaves the experiment as it is', async () => {
    const { acts, errands, now } = stand();
    expect(await errands.open('nothing')).toBe(false);
    expect(now()).toMatchObject({ open: 'nothing', lesson: null, problem: 'There is no lesson called nothing.' });
    expect(acts).toEqual([]);
    await errands.back();
    expect(acts).toContain('show run7');
  });

  it('goes on after a reload where it was, with its run', async () => {
    const before = stand();
    await before.errands.open('init-zero');
    before.errands.predict(1);
    before.errands.began();
    const { acts, errands, now } = stand(null, ['run9']);
    errands.restore(readProgress(progressText(before.now())));
    await errands.open('init-zero', 'run9');
    expect(acts).toEqual(['show run9']);
    expect(now()).toMatchObject({ stage: 'run', prediction: 1, own: { spec: OWN.spec, run: 'run7', past: [] } });
  });

  it('begins anew after a reload where its run is gone', async () => {
    const { acts, errands, now } = stand(null, []);
    errands.restore({ open: 'init-zero', stage: 'explain', prediction: 1, isMended: true, own: null });
    await errands.open('init-zero', 'run9');
    expect(acts).toEqual(['show run9', 'begin Zero']);
    expect(now()).toMatchObject({ stage: 'predict', isMended: false });
  });
});

describe('what is kept of a lesson', () => {
  it('is nothing while none is open, and nothing that cannot be read', () => {
    expect(progressText({ open: null, stage: 'predict', prediction: null, isMended: false, own: null })).toBeNull();
    for (const text of [null, '', '{', '3', '{"open":"a"}', '{"open":"a","stage":"later"}'])
      expect(readProgress(text)).toBeNull();
  });
});

describe('the lesson of a diagnosis', () => {
  it('is the one that is about it first of all', () => {
    expect(lessonFor(SUMMARIES, 'plateau')?.id).toBe('plateau');
    expect(lessonFor(SUMMARIES, 'diverged')?.id).toBe('both');
    expect(lessonFor(SUMMARIES, 'dead_units')).toBeUndefined();
    expect(lessonFor(null, 'plateau')).toBeUndefined();
  });
});

describe('the address', () => {
  it('names the lesson, with its run where there is one', () => {
    expect(withLesson('#run=abc', 'init-zero')).toBe('#lesson=init-zero&run=abc');
    expect(withLesson('#run=abc', null)).toBe('#run=abc');
    expect(readAddress('#lesson=init-zero&run=abc')).toEqual({ lesson: 'init-zero', run: 'abc' });
    expect(readAddress('#lesson=init-zero')).toEqual({ lesson: 'init-zero', run: null });
  });
});
