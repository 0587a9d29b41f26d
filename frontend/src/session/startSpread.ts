/** What a run measured before its first step, asked for by REST: no panel has to show it for that. */
import type { Rest } from '../wire/rest';

const TRIES = 10;
const WAIT_MS = 400;

const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, WAIT_MS));

/**
 * Standard deviation of each layer's output at step 0, by node; empty where it was not measured. With `signal` no more
 * is asked: a run that never trained is removed as soon as the page leaves it.
 */
export async function startSpread(
  rest: Pick<Rest, 'ends'>,
  run: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    // It is measured as soon as the run is built, and shown first.
    await wait();
    if (signal.aborted) break;
    const { steps, frames } = await rest.ends(run, 'activations', signal);
    const first = frames[0];
    if (first && steps[0] === 0) {
      return new Map(
        first.items.flatMap((item): [string, number][] =>
          'std' in item && item.node !== null && item.std !== null ? [[item.node, item.std]] : [],
        ),
      );
    }
  }
  return new Map();
}
