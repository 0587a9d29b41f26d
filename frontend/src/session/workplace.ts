/** Puts stores, wire and session together: nothing else needs to know all three. */
import { createDraft } from '../stores/draft';
import { createPage } from '../stores/page';
import { createPreferences } from '../stores/preferences';
import { rest } from '../wire/rest';
import { Stream } from '../wire/stream';
import type { Workplace } from './react';
import { Session } from './session';

/**
 * @param storage Where preferences are kept; null forgets them.
 * @param showAddress Told what the address bar shall hold.
 */
export function createWorkplace(storage: Storage | null, showAddress: (hash: string) => void): Workplace {
  const page = createPage();
  const draft = createDraft();
  const preferences = createPreferences(storage);
  const stream = new Stream({
    onMessage: (message) => session.read(message),
    onFrame: (frame) => session.readFrame(frame),
    onState: (state) => session.connectionChanged(state),
  });
  const session = new Session(page, draft, { rest, stream, showAddress });
  return { session, page, draft, preferences };
}
