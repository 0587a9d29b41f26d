import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeSpec, RunSpec, ServerMessage } from '../generated/schemas';
import { createDraft } from '../stores/draft';
import { createPage } from '../stores/page';
import { Refused, Unreachable } from '../wire/rest';
import { packSpec } from './address';
import { CHECK, FakeServer, SPEC } from './fakeServer';
import { Session } from './session';

describe('Session', () => {
  let server: FakeServer;
  let page: ReturnType<typeof createPage>;
  let draft: ReturnType<typeof createDraft>;
  let session: Session;
  let subscribed: { run: string; from: number | null; probes: readonly string[]; sample: number | null }[];
  let hash: string;

  beforeEach(() => {
    vi.useFakeTimers();
    server = new FakeServer();
    page = createPage();
    draft = createDraft();
    subscribed = [];
    hash = '';
    session = new Session(page, draft, {
      rest: server.rest,
      stream: {
        connect: vi.fn(),
        subscribe: (run, { lastSeq, probes, sample }) => subscribed.push({ run, from: lastSeq(), probes, sample }),
        unsubscribe: vi.fn(),
        retryNow: vi.fn(),
        close: vi.fn(),
      },
      showAddress: (now) => {
        hash = now;
      },
    });
  });
  afterEach(() => vi.useRealTimers());

  const settle = () => vi.advanceTimersByTimeAsync(500);
  const edit = (change: Partial<RunSpec>): void => session.edit((spec) => ({ ...spec, ...change }));
  const say = (message: object): void =>
    session.read({
      run: page.getState().record?.id,
      seq: 1,
      step: 0,
      time: '',
      ...message,
    } as unknown as ServerMessage);

  /** The page on a run that trains, as far as the page has heard. */
  async function training(step = 100): Promise<string> {
    const { id } = server.add(SPEC, 'running', step);
    await session.open(`#run=${id}`);
    await settle();
    server.calls = [];
    return id;
  }

  it('opens on the first experiment, with a run that waits at step 0 and is in the address', async () => {
    await session.open('');
    await settle();
    expect(server.acts).toEqual(['create false']);
    expect(draft.getState().spec).toEqual(SPEC);
    expect(page.getState().record?.progress.status).toBe('paused');
    expect(hash).toBe('#run=run1');
    expect(draft.temporal.getState().pastStates).toHaveLength(0);
  });

  it('attaches to the run that is under way, or that the address names', async () => {
    server.add(SPEC, 'completed', 500);
    server.add(SPEC, 'running', 30);
    await session.open('');
    expect(page.getState().record?.id).toBe('run2');
    await session.open('#run=run1');
    expect(page.getState().record?.id).toBe('run1');
    await settle();
    expect(server.acts).toEqual([]);
  });

  it('opens the experiment that a link carries', async () => {
    await session.open(`#spec=${packSpec({ ...SPEC, name: 'Café' })}`);
    expect(draft.getState().spec?.name).toBe('Café');
  });

  it('opens a lesson and comes back to the run that was there, with its edits', async () => {
    const id = await training();
    edit({ optimizer: { kind: 'sgd', lr: 0.02 } as RunSpec['optimizer'] });
    await settle();
    await session.lessons.open('init-zero');
    await settle();
    expect(draft.getState().spec?.name).toBe('Taught');
    expect(hash).toBe('#lesson=init-zero&run=run2');
    expect(draft.temporal.getState().pastStates).toHaveLength(0);
    await session.train();
    expect(session.lessons.store.getState().stage).toBe('run');
    expect(server.acts).toEqual([`change ${id}`, `create false for ${id}`, 'resume run2']);
    await session.lessons.back();
    await settle();
    expect(page.getState().record?.id).toBe(id);
    expect(hash).toBe(`#run=${id}`);
    expect(server.acts).toContain('stop run2');
    expect(draft.temporal.getState().pastStates).toHaveLength(1);
  });

  it('brings the own experiment back as it was, though a remedy was just asked for', async () => {
    const id = await training();
    await session.lessons.open('init-zero');
    await settle();
    const mending = session.lessons.mend();
    await session.lessons.back();
    await mending;
    await settle();
    expect(page.getState().record?.id).toBe(id);
    expect(server.acts.filter((act) => act.startsWith('create true'))).toEqual([]);
  });

  it('closes the lesson when another experiment is put on the page', async () => {
    await session.open('#lesson=init-zero');
    await settle();
    expect(draft.getState().spec?.name).toBe('Taught');
    session.startFrom(SPEC);
    await settle();
    expect(session.lessons.store.getState().open).toBeNull();
    expect(hash).toMatch(/^#run=/);
    expect(draft.getState().spec?.name).toBe('First');
  });

  it('gives another experiment a run of its own, though the one that trains could become it by a change', async () => {
    const id = await training();
    session.startFrom({ ...SPEC, name: 'Slow', optimizer: { kind: 'sgd', lr: 0.001 } });
    await settle();
    expect(server.acts).toEqual([`create true for ${id}`]);
    expect(server.changes).toEqual([]);
    expect(page.getState().record?.id).toBe('run2');
    session.startFrom(draft.getState().spec);
    await settle();
    expect(page.getState().record?.id).toBe('run3');
  });

  it('holds what is edited in the past for a fork, which then stands before its parent', async () => {
    const id = await training();
    session.travel.goTo(60);
    edit({ optimizer: { kind: 'sgd', lr: 0.02 } as RunSpec['optimizer'] });
    await settle();
    expect(server.acts).toEqual([]);
    const forking = session.forkFromHere();
    expect(page.getState().isForking).toBe(true);
    await forking;
    expect(page.getState().isForking).toBe(false);
    await settle();
    const wish = JSON.stringify({ at_step: 60, changes: { 'optimizer.lr': 0.02 } });
    expect(server.acts).toEqual([`fork ${id} true ${wish}`, `stop ${id}`]);
    expect(page.getState().record?.id).toBe('run2');
    expect(page.getState().ghost?.id).toBe(id);
    expect(page.getState().viewStep).toBeNull();
    edit({ optimizer: { kind: 'sgd', lr: 0.03 } as RunSpec['optimizer'] });
    await settle();
    expect(server.changes).toEqual([{ optimizer: { lr: 0.03 } }]);
  });

  it('takes back what was edited in the past where one goes live without a fork', async () => {
    await training();
    session.travel.goTo(60);
    edit({ optimizer: { kind: 'sgd', lr: 0.02 } as RunSpec['optimizer'] });
    await settle();
    session.goLive();
    await settle();
    expect(draft.getState().spec?.optimizer).toEqual(SPEC.optimizer);
    expect(server.acts).toEqual([]);
    session.undo();
    await settle();
    expect(server.changes).toEqual([{ optimizer: { lr: 0.02 } }]);
  });

  it('says so when the run of the address is gone', async () => {
    await session.open('#run=nowhere');
    expect(page.getState().notice?.title).toBe('That run is not here.');
    expect(draft.getState().spec).toEqual(SPEC);
  });

  it('tells a server that is gone from one that wants a login, and comes back by itself', async () => {
    server.failsWith = new Unreachable();
    await session.open('');
    expect(page.getState().access).toBe('gone');
    server.failsWith = null;
    await vi.advanceTimersByTimeAsync(3500);
    expect(page.getState().access).toBe('open');
    server.failsWith = new Refused({
      type: '',
      title: '',
      status: 401,
      code: 'login',
      detail: '',
      instance: null,
      errors: [],
    });
    await session.open('');
    expect(page.getState().access).toBe('signed_out');
  });

  it('trains the run that waits, pauses it, and steps it', async () => {
    await session.open('');
    await settle();
    server.calls = [];
    await session.train();
    say({ type: 'snapshot', view: { ...server.view('run1') }, scalars: {}, events: [] });
    await session.toggle();
    expect(server.acts).toEqual(['resume run1', 'pause run1']);
    say({ type: 'progress', seq: 2, progress: { status: 'paused', step: 3 } });
    await session.step(10);
    expect(server.acts.at(-1)).toBe('step run1 10');
  });

  it('sends what can change live, and tells since which step it holds', async () => {
    const id = await training();
    edit({ optimizer: { kind: 'sgd', lr: 0.05 } as RunSpec['optimizer'] });
    edit({ data: { ...SPEC.data, batch_size: 32 } });
    await settle();
    expect(server.acts.every((call) => call === `change ${id}`)).toBe(true);
    expect(server.changes).toEqual([{ optimizer: { lr: 0.05 } }, { data: { batch_size: 32 } }]);
    expect(page.getState().confirmed).toEqual({ 'optimizer.lr': 40, 'data.batch_size': 40 });
  });

  it('sends the last value of a drag that is faster than the server', async () => {
    await training();
    for (const lr of [0.05, 0.02, 0.01, 0.005]) edit({ optimizer: { kind: 'sgd', lr } as RunSpec['optimizer'] });
    await settle();
    expect(server.changes).toEqual([{ optimizer: { lr: 0.05 } }, { optimizer: { lr: 0.005 } }]);
  });

  it('sends dropout as one change for all its layers', async () => {
    await training();
    session.edit((spec) => ({
      ...spec,
      graph: spec.graph.map((node) => (node.kind === 'dropout' ? { ...node, p: 0.5 } : node)) as NodeSpec[],
    }));
    await settle();
    expect(server.changes).toEqual([{ dropout: 0.5 }]);
  });

  it('starts a new run at once when one was training, stops that, and keeps it as a ghost', async () => {
    const id = await training();
    edit({ init: { scheme: 'zeros' } as RunSpec['init'] });
    await settle();
    expect(server.acts).toEqual([`create true for ${id}`]);
    expect(page.getState().ghost?.id).toBe(id);
    expect(page.getState().record?.id).not.toBe(id);
  });

  it('replaces a run that never trained, and leaves nothing behind', async () => {
    await session.open('');
    await settle();
    server.calls = [];
    edit({ training: { ...SPEC.training, seed: 7 } });
    await settle();
    expect(server.acts).toEqual(['create false', 'remove run1']);
    expect(page.getState().ghost).toBeNull();
  });

  it('builds nothing while the network has an error', async () => {
    await training();
    server.check = { ...CHECK, ok: false };
    edit({ init: { scheme: 'zeros' } as RunSpec['init'] });
    await settle();
    expect(server.acts).toEqual([]);
    expect(page.getState().check?.ok).toBe(false);
    expect(page.getState().notice).toBeNull();
  });

  it('shows what an edit brought over the run that comes of it, and no longer', async () => {
    await training();
    const notice = {
      severity: 'info',
      title: 'Chosen: Shapes.',
      text: '',
      action: { label: 'Undo', run: vi.fn() },
    } as const;
    page.setState({ notice: { ...notice, outlastsRun: true } });
    edit({ training: { ...SPEC.training, seed: 1 } });
    await settle();
    expect(page.getState().notice?.title).toBe('Chosen: Shapes.');
    edit({ training: { ...SPEC.training, seed: 2 } });
    await settle();
    expect(page.getState().notice).toBeNull();
    page.setState({ notice });
    edit({ training: { ...SPEC.training, seed: 3 } });
    await settle();
    expect(page.getState().notice?.title).toBe('Chosen: Shapes.');
  });

  it('acts on the first edit at once, and on those that follow quickly when the hand rests', async () => {
    await training();
    const seed = (value: number): void => edit({ training: { ...SPEC.training, seed: value } });
    seed(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.acts.filter((call) => call.startsWith('create'))).toEqual(['create true for run1']);
    seed(2);
    seed(3);
    await vi.advanceTimersByTimeAsync(100);
    expect(server.acts.filter((call) => call.startsWith('create'))).toHaveLength(1);
    await settle();
    expect([...server.runs.values()].map((run) => run.spec.training.seed)).toEqual([0, 1, 3]);
  });

  it('keeps a run that has ended on the page when only live fields change, and trains anew when asked', async () => {
    server.add(SPEC, 'completed', 500);
    await session.open('#run=run1');
    await settle();
    server.calls = [];
    edit({ optimizer: { kind: 'sgd', lr: 0.01 } as RunSpec['optimizer'] });
    await settle();
    expect(server.acts).toEqual([]);
    await session.train();
    expect(server.acts).toEqual(['create true']);
    expect(server.runs.get('run2')?.spec.optimizer).toEqual({ kind: 'sgd', lr: 0.01 });
    expect(page.getState().ghost?.id).toBe('run1');
  });

  it('goes on with an interrupted run where there is a checkpoint', async () => {
    await training();
    say({ type: 'snapshot', seq: 1, view: server.view('run1'), scalars: {}, events: [] });
    say({ type: 'progress', seq: 2, progress: { status: 'interrupted', step: 100 } });
    server.put('run1', { status: 'interrupted', resumable: true });
    await session.train();
    expect(server.acts).toEqual(['resume run1']);
  });

  it('undoes an edit in the run as well, and a drag as one edit', async () => {
    await training();
    const rate = (lr: number) => (spec: RunSpec) => ({
      ...spec,
      optimizer: { kind: 'sgd', lr } as RunSpec['optimizer'],
    });
    session.edit(rate(0.05), 'begin');
    session.edit(rate(0.02), 'move');
    session.edit(rate(0.01), 'end');
    await settle();
    session.undo();
    await settle();
    expect(draft.getState().spec?.optimizer).toEqual({ kind: 'sgd', lr: 0.1 });
    expect(server.changes.at(-1)).toEqual({ optimizer: { lr: 0.1 } });
    session.redo();
    expect(draft.getState().spec?.optimizer).toEqual({ kind: 'sgd', lr: 0.01 });
  });

  it('takes up what another page changed, but not the echo of its own changes', async () => {
    await training();
    const event = (seq: number, after: number): void =>
      say({ type: 'event', seq, event: { kind: 'change', step: 50, path: 'optimizer.lr', before: 0.1, after } });
    say({ type: 'snapshot', seq: 1, view: server.view('run1'), scalars: {}, events: [] });
    event(2, 0.3);
    expect(draft.getState().spec?.optimizer).toMatchObject({ lr: 0.3 });
    expect(page.getState().confirmed).toEqual({ 'optimizer.lr': 50 });
    expect(draft.temporal.getState().pastStates).toHaveLength(0);
    edit({ optimizer: { kind: 'sgd', lr: 0.2 } as RunSpec['optimizer'] });
    await vi.advanceTimersByTimeAsync(1);
    event(3, 0.25);
    expect(draft.getState().spec?.optimizer).toMatchObject({ lr: 0.2 });
    await settle();
    expect(server.changes).toEqual([{ optimizer: { lr: 0.2 } }]);
  });

  it('asks for a snapshot when a message is missing, and for what came since when it has one', async () => {
    await training();
    say({ type: 'snapshot', seq: 9, view: server.view('run1'), scalars: {}, events: [] });
    say({ type: 'progress', seq: 12, progress: { status: 'running', step: 3 } });
    expect(subscribed.at(-1)).toMatchObject({ run: 'run1', from: null });
    say({ type: 'snapshot', seq: 12, view: server.view('run1'), scalars: {}, events: [] });
    session.watch(['filters']);
    expect(subscribed.at(-1)).toMatchObject({ from: 12, probes: ['filters'] });
  });

  it('goes around the validation samples', async () => {
    await training();
    session.showSample(-1);
    expect(page.getState().sample).toBe(4);
    expect(subscribed.at(-1)?.sample).toBe(4);
    session.showSample(5);
    expect(page.getState().sample).toBe(0);
  });

  it('marks what is shown as old while the connection is lost', async () => {
    await training();
    session.connectionChanged({ state: 'lost', retryAt: 0, tries: 1 });
    expect(page.getState().record?.isStale).toBe(true);
    session.connectionChanged({ state: 'connected' });
    expect(page.getState().record?.isStale).toBe(false);
  });

  it('shows the words of a refusal', async () => {
    await training();
    const problem = {
      path: 'optimizer.lr',
      message: 'lr must be at least 0.',
      hint: 'Set it to 0.1.',
      severity: 'error',
    };
    server.failsWith = new Refused({
      type: '',
      title: '',
      status: 422,
      code: 'invalid',
      detail: 'No.',
      instance: null,
      errors: [problem as never],
    }); // prettier-ignore
    edit({ optimizer: { kind: 'sgd', lr: -1 } as RunSpec['optimizer'] });
    await settle();
    expect(page.getState().notice?.title).toBe('lr must be at least 0.');
    expect(page.getState().refused[0]?.path).toBe('optimizer.lr');
  });
});
