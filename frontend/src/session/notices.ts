/** What the page says when something did not go as asked. */
import type { Notice, PageStore } from '../stores/page';
import { Refused, Unreachable } from '../wire/rest';

export function say(page: PageStore, severity: Notice['severity'], title: string, text = ''): void {
  page.setState({ notice: { severity, title, text } });
}

/** Tells an error of the wire in a sentence; anything else is ours and is thrown on. */
export function report(page: PageStore, error: unknown): void {
  if (error instanceof Refused) {
    if (error.status === 401) page.setState({ access: 'signed_out' });
    const first = error.problems[0];
    if (first) page.setState({ refused: error.problems });
    say(page, 'error', first?.message ?? error.message, first?.hint ?? '');
  } else if (error instanceof Unreachable) {
    say(page, 'warning', 'Layerlab does not answer.', 'What you did last may not have reached it.');
  } else throw error;
}
