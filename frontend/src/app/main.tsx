/** Puts the view on top of the workplace, and minds the address bar. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createWorkplace } from '../session/workplace';
import { App } from './App';
import { Broken } from './Broken';
import { keepLesson } from './lessonKept';
import { readArrangement, readPresenting, readView } from './share';
import './fonts.css';
import './tokens.css';
import './mantine';
import './base.css';
import '../forms/forms.css';
import './frame.css';

const TYPED = 'layerlab.typed';

function storage(kind: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return window[kind];
  } catch {
    return null;
  }
}

let shownHash = location.hash;
const workplace = createWorkplace(storage('localStorage'), (hash) => {
  shownHash = hash;
  history.replaceState(null, '', hash);
});
const { session, preferences, page } = workplace;
const shared = readArrangement(location.hash);
if (shared !== null) preferences.setState({ arrangement: shared });
const side = readArrangement(location.hash, 'side');
if (side !== null) preferences.setState({ pointsArrangement: side });
const view = readView(location.hash);
if (view !== null) preferences.setState({ showsPoints: view === 'points' });
if (readPresenting(location.hash)) page.setState({ isPresenting: true });
addEventListener('hashchange', () => {
  if (location.hash !== shownHash) void session.open(location.hash);
});
// What was typed into the experiment's text and not applied outlives a reload.
const typed = storage('sessionStorage');
page.setState({ typedText: typed?.getItem(TYPED) ?? null });
page.subscribe(({ typedText }, before) => {
  if (typedText === before.typedText) return;
  if (typedText === null) typed?.removeItem(TYPED);
  else typed?.setItem(TYPED, typedText);
});
keepLesson(workplace, typed);
// A network that is back is tried at once, instead of at the next due time.
addEventListener('online', () => {
  if (page.getState().connection.state === 'lost') session.retryConnection();
});
void session.open(location.hash);

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the application.');
createRoot(root).render(
  <StrictMode>
    <Broken>
      <App workplace={workplace} />
    </Broken>
  </StrictMode>,
);
