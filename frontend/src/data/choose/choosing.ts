/** Puts another set on the page: one edit with all that it takes, said in words, and a way back. */
import { fieldsOf } from '../../forms/schema';
import type { Kind, RunSpec } from '../../generated/schemas';
import { report } from '../../session/notices';
import type { Workplace } from '../../session/react';
import type { Notice } from '../../stores/page';
import { changesText } from './changes';
import { type Fitted, fitted, type Wish } from './fitting';
import { withNameOf } from './naming';
import type { Choosable } from './sets';

/** Between two sets of points, fields that both have are kept. */
export function wishFor(one: Choosable, { data }: RunSpec, before: Kind | undefined): Wish {
  const isPoints = (kind: Kind | undefined): boolean => kind?.details.input_kind === 'points';
  if (one.upload || !isPoints(one.kind) || !isPoints(before)) return one;
  const names = fieldsOf(one.kind).map(({ name }) => name);
  const kept = Object.entries(data.params).filter(([name]) => names.includes(name));
  return { dataset: one.dataset, params: Object.fromEntries(kept) };
}

/** What choosing it would make of the experiment; null where the server does not answer. */
export function tried({ session, draft }: Workplace, wish: Wish): Promise<Fitted | null> {
  const { spec } = draft.getState();
  if (!spec) return Promise.resolve(null);
  return fitted(spec, wish, (one) => session.ask.tryOn(one)).catch(() => null);
}

/** Chooses it. False where that could not be done; the page then says why. */
export async function choose(workplace: Workplace, title: string, wish: Wish): Promise<boolean> {
  const { session, draft, page } = workplace;
  const before = draft.getState().spec;
  if (!before) return false;
  try {
    const found = await fitted(before, wish, (one) => session.ask.tryOn(one));
    // The hand was faster elsewhere: what was found is for an experiment that is no longer there.
    if (draft.getState().spec !== before) return choose(workplace, title, wish);
    if (found.spec === null) {
      const text = problemText(found) || 'Nothing was changed.';
      page.setState({ notice: { severity: 'error', title: `${title} cannot be read.`, text } });
      return false;
    }
    const spec = withNameOf(found.spec, title, workplace);
    session.edit(() => spec);
    page.setState({ sample: 0, isSampleChosen: false, notice: noticeOf(workplace, title, before, found) });
    return true;
  } catch (error) {
    report(page, error);
    return false;
  }
}

const problemText = ({ problem }: Fitted): string => [problem?.message, problem?.hint].filter(Boolean).join(' ');

function noticeOf(workplace: Workplace, title: string, before: RunSpec, found: Fitted): Notice {
  const { page } = workplace;
  const run = (): void => {
    takeBack(workplace, title, before);
    page.setState({ notice: null });
  };
  return {
    severity: found.problem ? 'warning' : 'info',
    title: `Chosen: ${title}.`,
    text: problemText(found) || changesText(found.changes),
    action: { label: 'Undo', run },
    outlastsRun: !found.problem,
  };
}

/** Data, network and loss of before, whatever else was edited since then, and the name where choosing gave it. */
const takeBack = ({ session }: Workplace, title: string, { name, data, graph, loss }: RunSpec): void =>
  session.edit((now) => ({ ...now, name: now.name === title ? name : now.name, data, graph, loss }));
