/** Keys of the page. One table serves the keyboard, the list of keys, and the hints. */

export type Command =
  | 'toggle'
  | 'step'
  | 'step_ten'
  | 'reset'
  | 'stop'
  | 'slow_motion'
  | 'palette'
  | 'keys'
  | 'undo'
  | 'redo'
  | 'next_sample'
  | 'previous_sample'
  | 'theme'
  | 'present'
  | 'record_before'
  | 'record_after'
  | 'epoch_before'
  | 'epoch_after'
  | 'live'
  | 'slower'
  | 'faster'
  | 'panel'
  | 'landmark'
  | NetworkCommand;

/** Commands that change the network; they are for when no other part of the page has the focus. */
export type NetworkCommand =
  | 'add_layer'
  | 'fit'
  | 'delete'
  | 'duplicate'
  | 'select_all'
  | 'move_up'
  | 'move_down'
  | 'close';

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
}

export const KEY_ROWS: readonly KeyRow[] = [
  { keys: ['Space'], does: 'Train or pause' },
  { keys: ['.', 'Shift .'], does: 'One step, ten steps' },
  { keys: ['m'], does: 'The next step in slow motion' },
  { keys: ['s'], does: 'Stop' },
  { keys: ['r'], does: 'Reset to step 0 with the same seed' },
  { keys: ['[', ']'], does: 'Slower, faster' },
  { keys: ['←', '→'], does: 'Time travel by one record; with Shift by one epoch' },
  { keys: ['l'], does: 'Live: the newest step' },
  { keys: ['d', 'Shift d'], does: 'Next, previous validation sample' },
  { keys: ['n'], does: 'Add a layer behind the selected one' },
  { keys: ['Tab', '↑', '↓'], does: 'Layers in their order; Enter opens, Esc closes, Shift selects' },
  { keys: ['Alt ↑', 'Alt ↓'], does: 'Move the selected layers' },
  { keys: ['Del'], does: 'Delete the selected layers' },
  { keys: ['Ctrl D', 'Ctrl A'], does: 'Duplicate them; select all layers' },
  { keys: ['Ctrl C', 'Ctrl X', 'Ctrl V'], does: 'Copy, cut, paste layers' },
  { keys: ['f'], does: 'The whole network in sight' },
  { keys: ['1 … 9'], does: 'Go to a panel' },
  { keys: ['Enter', 'Esc'], does: 'Enlarge the panel, and back' },
  { keys: ['Ctrl Z', 'Ctrl Shift Z'], does: 'Undo, redo' },
  { keys: ['Ctrl K', '/'], does: 'Commands' },
  { keys: ['p'], does: 'Presenter mode: large, without settings, two panels at most' },
  { keys: ['t'], does: 'Theme' },
  { keys: ['F6'], does: 'Go to settings, network, panels, transport' },
  { keys: ['?'], does: 'This table' },
];

/** The part of a keyboard event that is looked at. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const SINGLE: Record<string, Command> = {
  ' ': 'toggle',
  '.': 'step',
  '>': 'step_ten',
  ':': 'step_ten',
  r: 'reset',
  s: 'stop',
  m: 'slow_motion',
  '/': 'palette',
  '?': 'keys',
  t: 'theme',
  p: 'present',
  n: 'add_layer',
  f: 'fit',
  d: 'next_sample',
  D: 'previous_sample',
  l: 'live',
  '[': 'slower',
  ']': 'faster',
};

const ARROWS: Record<string, readonly [Command, Command]> = {
  ArrowLeft: ['record_before', 'epoch_before'],
  ArrowRight: ['record_after', 'epoch_after'],
};
const WITH_CONTROL: Record<string, NetworkCommand> = { d: 'duplicate', a: 'select_all' };
const WITH_ALT: Record<string, NetworkCommand> = { ArrowUp: 'move_up', ArrowDown: 'move_down' };

const NETWORK = new Set<Command>(['delete', 'duplicate', 'select_all', 'move_up', 'move_down', 'close']);

/** True for what acts on the selected layers, and would surprise while another part of the page has the focus. */
export const isForNetwork = (command: Command): boolean => NETWORK.has(command);

/** True where the network has the focus, or nothing has. */
export function isAboutNetwork(element: Element | null): boolean {
  return element === null || element === document.body || element.closest('.network') !== null;
}

/** What has the focus: a text field keeps every key, a button keeps Space and Enter. */
/** A choice has arrows of its own: radio buttons, tabs, menus. */
export type Focus = 'text' | 'button' | 'choice' | 'page';

/** The command of a key press; null when the key means nothing here. */
export function commandOf(press: Press, focus: Focus, allowsSingleKeys: boolean): Command | null {
  const { key } = press;
  if (press.ctrlKey || press.metaKey) {
    if (press.altKey) return null;
    const lower = key.toLowerCase();
    if (lower === 'k') return 'palette';
    if (focus !== 'text' && (lower === 'z' || lower === 'y')) return undoOf(press);
    return focus === 'text' || press.shiftKey ? null : (WITH_CONTROL[lower] ?? null);
  }
  if (key === 'Escape' && focus !== 'text') return 'close';
  if (focus !== 'text' && press.altKey && key in WITH_ALT) return WITH_ALT[key] ?? null;
  if (focus !== 'text' && !press.altKey && (key === 'Delete' || key === 'Backspace')) return 'delete';
  if (key === 'F6') return 'landmark';
  if (press.altKey || focus === 'text' || !allowsSingleKeys) return null;
  if (key === ' ' && focus !== 'page') return null;
  if (key in ARROWS) return focus === 'choice' ? null : (ARROWS[key]?.[press.shiftKey ? 1 : 0] ?? null);
  if (key === '.' && press.shiftKey) return 'step_ten';
  if (/^[1-9]$/.test(key)) return 'panel';
  return SINGLE[key] ?? null;
}

function undoOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): Command | null {
  const lower = key.toLowerCase();
  if (altKey || !(ctrlKey || metaKey)) return null;
  return lower === 'y' || (lower === 'z' && shiftKey) ? 'redo' : lower === 'z' ? 'undo' : null;
}

/** The same, where this element has the focus. A field in which nothing is being typed has nothing of its own to undo. */
export function commandAt(press: Press, element: Element | null, allowsSingleKeys: boolean): Command | null {
  const isSettled = element instanceof HTMLInputElement && element.dataset.typed === 'no';
  return (isSettled ? undoOf(press) : null) ?? commandOf(press, focusOf(element), allowsSingleKeys);
}

const CHOICES = new Set(['radio', 'range']);
const TEXT_INPUTS = new Set(['text', 'search', 'number', 'email', 'password', 'url']);

export function focusOf(element: Element | null): Focus {
  if (element instanceof HTMLTextAreaElement || (element instanceof HTMLElement && element.isContentEditable))
    return 'text';
  if (element instanceof HTMLInputElement)
    return TEXT_INPUTS.has(element.type) ? 'text' : CHOICES.has(element.type) ? 'choice' : 'button';
  if (element instanceof HTMLSelectElement) return 'text';
  const role = element?.getAttribute('role') ?? '';
  const isButton = element instanceof HTMLButtonElement || element instanceof HTMLAnchorElement;
  if (/^(menuitem|option|tab|radio|slider)/.test(role)) return 'choice';
  return isButton || /^(button|switch)/.test(role) ? 'button' : 'page';
}
