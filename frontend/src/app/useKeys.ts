/** Joins the keyboard to what it does. */
import { useEffect } from 'react';
import {
  askForFit,
  askForLayer,
  closeOpen,
  deleteChosen,
  duplicateChosen,
  moveChosen,
  selectAll,
  usualPlace,
} from '../editor/actions';
import { nextSpeed } from '../run/status';
import { useWorkplace, type Workplace } from '../session/react';
import { type Command, commandAt, isAboutNetwork, isForNetwork } from './keys';
import { useClipboard } from './useClipboard';

type Overlay = 'palette' | 'keys' | null;

const LANDMARKS = ['.rail, .lesson', '.network', '.stage', '.transport'];

export function useKeys(show: (overlay: Overlay) => void): void {
  const workplace = useWorkplace();
  useClipboard();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const allows = workplace.preferences.getState().singleKeys;
      const command = commandAt(event, document.activeElement, allows);
      if (!command || (isForNetwork(command) && !isAboutNetwork(document.activeElement))) return;
      event.preventDefault();
      obey(command, event, workplace, show);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [workplace, show]);
}

function obey(command: Command, event: KeyboardEvent, workplace: Workplace, show: (overlay: Overlay) => void): void {
  const { session, page, draft, preferences } = workplace;
  const sample = page.getState().sample;
  const speed = draft.getState().spec?.training.max_steps_per_second;
  const acts: Record<Command, () => void> = {
    toggle: () => void session.toggle(),
    step: () => void session.step(1),
    step_ten: () => void session.step(10),
    reset: () => void session.reset(),
    stop: () => void session.stop(),
    slow_motion: () => page.setState({ wantedPanel: 'slow_motion' }),
    palette: () => show('palette'),
    keys: () => show('keys'),
    undo: () => session.undo(),
    redo: () => session.redo(),
    next_sample: () => session.showSample(sample + 1),
    previous_sample: () => session.showSample(sample - 1),
    record_before: () => void session.travel.move(-1),
    record_after: () => void session.travel.move(1),
    epoch_before: () => session.travel.moveEpoch(-1),
    epoch_after: () => session.travel.moveEpoch(1),
    live: () => session.goLive(),
    slower: () => session.setSpeed(nextSpeed(speed, -1)),
    faster: () => session.setSpeed(nextSpeed(speed, 1)),
    theme: () => preferences.setState({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }),
    present: () => page.setState(({ isPresenting }) => ({ isPresenting: !isPresenting })),
    add_layer: () => askForLayer(workplace, usualPlace(workplace)),
    fit: () => askForFit(workplace),
    delete: () => deleteChosen(workplace),
    duplicate: () => duplicateChosen(workplace),
    select_all: () => selectAll(workplace),
    move_up: () => moveChosen(workplace, 'up'),
    move_down: () => moveChosen(workplace, 'down'),
    close: () => (page.getState().dataPage ? page.setState({ dataPage: null }) : void closeOpen(workplace)),
    panel: () => focusPanel(Number(event.key)),
    landmark: () => focusLandmark(event.shiftKey ? -1 : 1),
  };
  acts[command]();
}

function focusPanel(number: number): void {
  const panels = document.querySelectorAll<HTMLElement>('.stage .panel');
  panels[number - 1]?.focus();
}

/** Goes around rail, network, panels and transport, to the first thing in each that takes the focus. */
function focusLandmark(direction: 1 | -1): void {
  const places = LANDMARKS.map((name) => document.querySelector<HTMLElement>(name));
  const here = places.findIndex((place) => place?.contains(document.activeElement));
  const next = places[(here + direction + places.length) % places.length];
  next?.querySelector<HTMLElement>('button:not(:disabled), input, [tabindex="0"]')?.focus();
}
