/** Puts the page together: stores, wire, session, and the view on top of them. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Session } from '../session/session';
import { createDraft } from '../stores/draft';
import { createPage } from '../stores/page';
import { createPreferences } from '../stores/preferences';
import { rest } from '../wire/rest';
import { Stream } from '../wire/stream';
import { App } from './App';
import { readArrangement } from './share';
import './fonts.css';
import './tokens.css';
import './mantine';
import './base.css';
import '../forms/forms.css';
import './frame.css';

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const page = createPage();
const draft = createDraft();
const preferences = createPreferences(storage());
const shared = readArrangement(location.hash);
if (shared !== null) preferences.setState({ arrangement: shared });

const stream = new Stream({
  onMessage: (message) => session.read(message),
  onFrame: (frame) => session.readFrame(frame),
  onState: (state) => session.connectionChanged(state),
});
let shownHash = location.hash;
const session = new Session(page, draft, {
  rest,
  stream,
  showAddress: (hash) => {
    shownHash = hash;
    history.replaceState(null, '', hash);
  },
});
addEventListener('hashchange', () => {
  if (location.hash !== shownHash) void session.open(location.hash);
});
void session.open(location.hash);

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the application.');
createRoot(root).render(
  <StrictMode>
    <App workplace={{ session, page, draft, preferences }} />
  </StrictMode>,
);
