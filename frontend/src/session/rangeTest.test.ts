import { describe, expect, it } from 'vitest';
import type { RunSpec, RunView, SuggestedRate } from '../generated/schemas';
import type { Rest } from '../wire/rest';
import { complete } from './complete';
import { type RangeProgress, rangeTest } from './rangeTest';

const spec: RunSpec = complete({ data: { dataset: 'digits' }, graph: [{ kind: 'flatten' }] });
const suggestion = { rate: 0.02, why: 'It falls there.' } as SuggestedRate;

/** A server whose test run takes one look to end. */
function server() {
  const calls: string[] = [];
  let looks = 0;
  const note =
    <Answer>(name: string, answer: (id: string) => Answer) =>
    async (id: unknown): Promise<Answer> => {
      calls.push(name);
      return answer(String(id));
    };
  const rest = {
    rangeTest: note('rangeTest', () => ({ id: 'r1' }) as RunView),
    run: note('run', () => {
      looks += 1;
      return { status: looks > 1 ? 'diverged' : 'running', step: looks, num_steps: 2 } as RunView;
    }),
    scalars: note('scalars', () => ({
      scalars: {
        'train/loss': { steps: [1, 2], values: [2.5, null], non_finite: { '2': 'nan' } },
        'optimizer/lr': { steps: [1, 2], values: [1e-6, 1e-5], non_finite: {} },
      },
    })),
    suggestedRate: note('suggestedRate', () => suggestion),
    remove: note('remove', () => undefined),
  };
  return { rest: rest as unknown as Rest, calls };
}

describe('a range test', () => {
  it('tells points and progress, gives the suggestion, and leaves no run behind', async () => {
    const { rest, calls } = server();
    const told: RangeProgress[] = [];
    const found = await rangeTest(rest, spec, (progress) => told.push(progress), new AbortController().signal);
    expect(found).toBe(suggestion);
    expect(told.map((one) => one.share)).toEqual([0.5, 1]);
    expect(told[1]?.points).toEqual([{ rate: 1e-6, loss: 2.5 }]);
    expect(calls.at(-1)).toBe('remove');
  });

  it('ends when it is cancelled, and leaves no run behind either', async () => {
    const { rest, calls } = server();
    const ending = new AbortController();
    const found = await rangeTest(rest, spec, () => ending.abort(), ending.signal);
    expect(found).toBeNull();
    expect(calls).toEqual(['rangeTest', 'run', 'scalars', 'remove']);
  });
});
