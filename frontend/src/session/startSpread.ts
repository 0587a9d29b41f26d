/** What a run measured before its first step, asked for by REST: no panel has to show it for that. */
import { Refused, type Rest } from '../wire/rest';

const TRIES = 10;
const WAIT_MS = 400;

const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, WAIT_MS));

/**
 * Standard deviation of each layer's output at step 0, by node.
 *
 * @throws Refused where it was not measured.
 */
export async function startSpread(rest: Pick<Rest, 'frame'>, run: string): Promise<ReadonlyMap<string, number>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { items } = await rest.frame(run, 'activations', 0);
      return new Map(
        items.flatMap((item): [string, number][] =>
          'std' in item && item.node !== null && item.std !== null ? [[item.node, item.std]] : [],
        ),
      );
    } catch (error) {
      // The run is being built; it measures its start as soon as it is.
      if (!(error instanceof Refused) || error.status !== 404 || tries === TRIES) throw error;
      await wait();
    }
  }
}
