import { afterEach, expect, test, vi } from 'vitest';
import { startSpread } from './startSpread';

afterEach(() => void vi.useRealTimers());

test('nothing more is asked of a run that the page has left', async () => {
  vi.useFakeTimers();
  const ends = vi.fn(async () => ({ probe: 'activations', steps: [], frames: [] }));
  const leaving = new AbortController();
  const found = startSpread({ ends }, 'r1', leaving.signal);
  await vi.advanceTimersByTimeAsync(1000);
  const asked = ends.mock.calls.length;
  expect(asked).toBeGreaterThan(0);
  leaving.abort();
  await vi.advanceTimersByTimeAsync(5000);
  expect(await found).toEqual(new Map());
  expect(ends).toHaveBeenCalledTimes(asked);
});
