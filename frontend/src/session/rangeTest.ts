/** A learning-rate range test: a short run of its own beside the run on the page, which it leaves alone. */
import type { RunSpec, RunView, SuggestedRate } from '../generated/schemas';
import type { Rest } from '../wire/rest';

export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
}

export interface RangeProgress {
  readonly status: RunView['status'];
  readonly points: readonly RatePoint[];
  /** Share of the planned steps that are done, 0 … 1. */
  readonly share: number;
}

const LOOK_EVERY_MS = 250;
const ACTIVE = new Set<RunView['status']>(['queued', 'running', 'paused']);
const LOSS = 'train/loss';
const RATE = 'optimizer/lr';

type Calls = Pick<Rest, 'rangeTest' | 'run' | 'scalars' | 'suggestedRate' | 'remove'>;

/**
 * Runs the test, tells how far it is, and takes its run away again.
 *
 * @param signal Ends it early.
 * @returns What the server suggests; null when it was ended early.
 */
export async function rangeTest(
  rest: Calls,
  spec: RunSpec,
  onProgress: (progress: RangeProgress) => void,
  signal: AbortSignal,
): Promise<SuggestedRate | null> {
  const { id } = await rest.rangeTest(spec);
  try {
    while (!signal.aborted) {
      const view = await rest.run(id);
      onProgress({ status: view.status, points: await points(rest, id), share: view.step / view.num_steps });
      if (!ACTIVE.has(view.status)) return await rest.suggestedRate(id);
      await pause(signal);
    }
    return null;
  } finally {
    // Deleting also ends it. It may be gone already, which is what was wanted.
    await rest.remove(id).catch(() => undefined);
  }
}

async function points(rest: Calls, id: string): Promise<RatePoint[]> {
  const { scalars } = await rest.scalars(id, [LOSS, RATE]);
  const rates = scalars[RATE];
  const rateAt = new Map(rates?.steps.map((step, index) => [step, rates.values[index]]));
  const losses = scalars[LOSS];
  return (losses?.steps ?? []).flatMap((step, index) => {
    const [rate, loss] = [rateAt.get(step), losses?.values[index]];
    return typeof rate === 'number' && typeof loss === 'number' ? [{ rate, loss }] : [];
  });
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOOK_EVERY_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
