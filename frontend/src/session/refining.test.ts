import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScalarsAnswer, Series } from '../generated/schemas';
import type { Lack } from '../stores/curves';
import { RunRecord } from '../stores/record';
import type { Rest } from '../wire/rest';
import { Refining } from './refining';

const series = (stride: number, from: number, to: number, thinnedFrom: number | null): Series => {
  const steps = Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
  return { steps, values: steps, non_finite: {}, thinned_from: thinnedFrom, means: [] };
};
const LOSS = ['train/loss', 'val/loss'];

/** A record of a run of 100 000 steps, and a server that holds each point of it until it may answer. */
function opened() {
  const record = new RunRecord('r1', (run) => run());
  record.curves.append({
    'train/loss': series(50, 0, 100_000, 100_001),
    'val/loss': series(10_000, 0, 100_000, null),
  });
  const asked: { lack: Lack; most: number; signal: AbortSignal; answer: () => void; fail: () => void }[] = [];
  const scalarsWithin: Rest['scalarsWithin'] = (_id, lack, most, signal) =>
    new Promise<ScalarsAnswer>((resolve, reject) => {
      const { from, to } = lack as Lack;
      const answer = () => resolve({ scalars: { 'train/loss': series(1, from, to, null) } });
      asked.push({ lack: lack as Lack, most, signal, answer, fail: () => reject(new Error('gone')) });
    });
  const refining = new Refining({ scalarsWithin });
  const look = (from: number, to: number, of = record): Promise<unknown> => {
    refining.look(of, LOSS, [from, to]);
    return vi.advanceTimersByTimeAsync(0);
  };
  const rest = (): Promise<unknown> => vi.advanceTimersByTimeAsync(200);
  return { record, asked, look, rest };
}

describe('looking closer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks for the range that is in sight, of the curve that lacks points, once', async () => {
    const { record, asked, look, rest } = opened();
    for (let drawn = 0; drawn < 5; drawn += 1) await look(1000.5, 1999.5);
    expect(asked).toHaveLength(0);
    await rest();
    await look(1000.5, 1999.5);
    expect(asked.map(({ lack, most }) => [lack, most])).toEqual([
      [{ names: ['train/loss'], from: 1000, to: 2000 }, 2000],
    ]);
    asked[0]?.answer();
    await rest();
    const steps = record.curves.get('train/loss')?.steps ?? [];
    expect([...steps].filter((step) => step >= 1000 && step <= 2000)).toHaveLength(1001);
    await look(1000.5, 1999.5);
    await rest();
    await look(1200, 1300);
    await rest();
    expect(asked).toHaveLength(1);
  });

  it('asks nothing for the whole, where a screen can show no more', async () => {
    const { asked, look, rest } = opened();
    await look(0, 100_000);
    await rest();
    expect(asked).toHaveLength(0);
  });

  it('waits for the hand to rest, and lets an older question go', async () => {
    const { record, asked, look, rest } = opened();
    await look(1000, 2000);
    await look(1000, 3000);
    await rest();
    expect(asked.map(({ lack }) => lack.to)).toEqual([3000]);
    await look(5000, 6000);
    expect(asked[0]?.signal.aborted).toBe(true);
    await rest();
    asked[1]?.answer();
    asked[0]?.answer();
    await rest();
    const steps = [...(record.curves.get('train/loss')?.steps ?? [])];
    expect(steps).toContain(5001);
    expect(steps).not.toContain(1001);
  });

  it('leaves the curve as it is where no answer comes, until another part is looked at', async () => {
    const { record, asked, look, rest } = opened();
    const before = record.curves.get('train/loss')?.length;
    await look(1000, 2000);
    await rest();
    asked[0]?.fail();
    for (let drawn = 0; drawn < 5; drawn += 1) {
      await rest();
      await look(1000, 2000);
    }
    expect(asked).toHaveLength(1);
    expect(record.curves.get('train/loss')?.length).toBe(before);
    await look(1000, 2100);
    await rest();
    expect(asked).toHaveLength(2);
  });

  it('asks for a run behind by itself', async () => {
    const { asked, look, rest } = opened();
    const ghost = new RunRecord('r0', (run) => run());
    ghost.curves.append({ 'train/loss': series(50, 0, 100_000, 100_001) });
    await look(1000, 2000);
    await look(1000, 2000, ghost);
    await rest();
    expect(asked).toHaveLength(2);
    expect(asked.some(({ signal }) => signal.aborted)).toBe(false);
  });
});
