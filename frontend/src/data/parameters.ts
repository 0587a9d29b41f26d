/** A parameter of the set in use: where it changes what the data ask for, last layer and loss follow in the same edit. */
import type { Workplace } from '../session/react';
import type { EditPhase } from '../words/edit';
import { withAnswer, withField } from './edits';

type Place = Pick<Workplace, 'draft'> & {
  readonly session: Pick<Workplace['session'], 'edit'> & { readonly ask: Pick<Workplace['session']['ask'], 'tryOn'> };
};

export async function setParameter(place: Place, name: string, value: unknown, phase: EditPhase): Promise<void> {
  place.session.edit(
    (now) => ({ ...now, data: { ...now.data, params: withField(now.data.params, name, value) } }),
    phase,
  );
  if (phase === 'end' || phase === 'single') await fitAnswer(place);
}

/** More classes ask for more outputs. Nothing else of a network is touched, and nothing while the hand goes on. */
async function fitAnswer({ session, draft }: Place): Promise<void> {
  const { spec } = draft.getState();
  const found = spec && (await session.ask.tryOn(spec).catch(() => null));
  const data = found?.problems.some((one) => one.code === 'wrong_output') ? found.data : null;
  if (data && draft.getState().spec === spec) session.edit((now) => withAnswer(now, data), 'joined');
}
