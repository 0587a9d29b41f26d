import { encode } from '@msgpack/msgpack';
import { describe, expect, it, vi } from 'vitest';
import type { AnalysisRequest, AnalysisView } from '../generated/schemas';
import { AnalysisStore } from '../stores/analyses';
import { Refused } from '../wire/rest';
import { AnalysisErrands } from './analyses';

const view = (status: AnalysisView['status'], more: Partial<AnalysisView> = {}): AnalysisView =>
  ({
    id: 'a1',
    run: 'r',
    kind: 'k',
    params: {},
    step: 4,
    status,
    progress: 0,
    reason: null,
    seconds: null,
    ...more,
  }) as AnalysisView;
const wish = { kind: 'k', params: { n: 1 }, atStep: null, sample: null };
const body = encode({ probe: 'k', step: 4, data_shape: 'text', items: [] });

function errands(calls: Partial<ConstructorParameters<typeof AnalysisErrands>[1]>) {
  const rest = {
    analyse: vi.fn(async () => view('done', { seconds: 0.5 })),
    analysis: vi.fn(async () => view('done')),
    analysisFrame: vi.fn(async () => body),
    cancelAnalysis: vi.fn(async () => undefined),
    ...calls,
  };
  const made = new AnalysisErrands(new AnalysisStore((run) => run()), rest);
  made.begin('r');
  return { made, rest, store: made.store };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('errands for analyses', () => {
  it('bring the frame of what is done at once', async () => {
    const { made, rest, store } = errands({});
    made.ask(wish);
    expect(store.of('k').status).toBe('asking');
    await settled();
    expect(rest.analyse).toHaveBeenCalledWith('r', { kind: 'k', params: { n: 1 }, at_step: null, sample: null }, 1);
    expect(store.of('k')).toMatchObject({ status: 'done', seconds: 0.5, wish });
    expect(store.of('k').frame?.step).toBe(4);
  });

  it('look until it is done, and tell how far it is', async () => {
    vi.useFakeTimers();
    const analysis = vi
      .fn(async () => view('running', { progress: 0.5 }))
      .mockResolvedValueOnce(view('running', { progress: 0.2 }));
    const { made, store } = errands({ analyse: vi.fn(async () => view('waiting')), analysis });
    made.ask(wish);
    await vi.advanceTimersByTimeAsync(310);
    expect(store.of('k')).toMatchObject({ status: 'running', progress: 0.2 });
    analysis.mockResolvedValue(view('failed', { reason: 'Memory ran out.' }));
    await vi.advanceTimersByTimeAsync(310);
    expect(store.of('k')).toMatchObject({ status: 'failed', reason: 'Memory ran out.' });
    vi.useRealTimers();
  });

  it('ask only for the newest of several wishes that came meanwhile', async () => {
    const analyse = vi.fn(async (_run: string, request: AnalysisRequest) => view('done', { params: request.params }));
    const { made } = errands({ analyse });
    made.ask(wish);
    made.ask({ ...wish, sample: 1 });
    made.ask({ ...wish, sample: 2 });
    await settled();
    await settled();
    expect(analyse.mock.calls.map(([, request]) => request.sample)).toEqual([null, 2]);
  });

  it('cancel on the server, and keep the picture that was there', async () => {
    vi.useFakeTimers();
    const { made, rest, store } = errands({
      analyse: vi.fn(async () => view('running')),
      analysis: vi.fn(async () => view('running')),
    });
    store.set('k', { frame: { step: 1 } as never });
    made.ask(wish);
    await vi.advanceTimersByTimeAsync(50);
    await made.cancel('k');
    expect(rest.cancelAnalysis).toHaveBeenCalledWith('r', 'a1');
    expect(store.of('k')).toMatchObject({ status: 'cancelled', frame: { step: 1 } });
    vi.useRealTimers();
  });

  it('say what is wrong with a field, or that there is nothing to find', async () => {
    const refusal = (code: string, path: string) =>
      new Refused({
        status: 422,
        code: 'invalid_spec',
        detail: 'x',
        errors: [{ code, path, message: 'Too fine.', hint: 'Take 31.' }],
      } as never);
    const wrong = errands({ analyse: vi.fn(async () => Promise.reject(refusal('invalid_field', 'params.n'))) });
    wrong.made.ask(wish);
    await settled();
    expect(wrong.store.of('k')).toMatchObject({
      status: 'failed',
      problems: [{ field: 'n', text: 'Too fine. Take 31.' }],
    });
    const none = errands({ analyse: vi.fn(async () => Promise.reject(refusal('not_applicable', 'kind'))) });
    none.made.ask(wish);
    await settled();
    expect(none.store.of('k')).toMatchObject({ isInapplicable: true, reason: 'Too fine.' });
  });

  it('are given up when the page shows another run', async () => {
    const { made, store } = errands({});
    made.ask(wish);
    made.begin('other');
    await settled();
    expect(store.of('k').status).toBe('idle');
  });
});
