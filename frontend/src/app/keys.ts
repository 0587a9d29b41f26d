/** Keys of the page. One table serves the keyboard, the list of keys, and the hints. */

export type Command =
  | 'toggle'
  | 'step'
  | 'step_ten'
  | 'reset'
  | 'stop'
  | 'palette'
  | 'keys'
  | 'undo'
  | 'redo'
  | 'next_sample'
  | 'previous_sample'
  | 'theme'
  | 'slower'
  | 'faster'
  | 'panel'
  | 'landmark';

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
}

export const KEY_ROWS: readonly KeyRow[] = [
  { keys: ['Space'], does: 'Train or pause' },
  { keys: ['.', 'Shift .'], does: 'One step, ten steps' },
  { keys: ['s'], does: 'Stop' },
  { keys: ['r'], does: 'Reset to step 0 with the same seed' },
  { keys: ['[', ']'], does: 'Slower, faster' },
  { keys: ['d', 'Shift d'], does: 'Next, previous validation sample' },
  { keys: ['1 … 9'], does: 'Go to a panel' },
  { keys: ['Enter', 'Esc'], does: 'Enlarge the panel, and back' },
  { keys: ['Ctrl Z', 'Ctrl Shift Z'], does: 'Undo, redo' },
  { keys: ['Ctrl K', '/'], does: 'Commands' },
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
  '/': 'palette',
  '?': 'keys',
  t: 'theme',
  d: 'next_sample',
  D: 'previous_sample',
  '[': 'slower',
  ']': 'faster',
};

/** What has the focus: a text field keeps every key, a button keeps Space and Enter. */
export type Focus = 'text' | 'button' | 'page';

/** The command of a key press; null when the key means nothing here. */
export function commandOf(press: Press, focus: Focus, allowsSingleKeys: boolean): Command | null {
  const { key } = press;
  if (press.ctrlKey || press.metaKey) {
    if (press.altKey) return null;
    const lower = key.toLowerCase();
    if (lower === 'k') return 'palette';
    if (lower === 'z' && focus !== 'text') return press.shiftKey ? 'redo' : 'undo';
    return lower === 'y' && focus !== 'text' ? 'redo' : null;
  }
  if (key === 'F6') return 'landmark';
  if (press.altKey || focus === 'text' || !allowsSingleKeys) return null;
  if (key === ' ' && focus === 'button') return null;
  if (key === '.' && press.shiftKey) return 'step_ten';
  if (/^[1-9]$/.test(key)) return 'panel';
  return SINGLE[key] ?? null;
}

const TEXT_INPUTS = new Set(['text', 'search', 'number', 'email', 'password', 'url']);

export function focusOf(element: Element | null): Focus {
  if (element instanceof HTMLTextAreaElement || (element instanceof HTMLElement && element.isContentEditable))
    return 'text';
  if (element instanceof HTMLInputElement) return TEXT_INPUTS.has(element.type) ? 'text' : 'button';
  if (element instanceof HTMLSelectElement) return 'text';
  const role = element?.getAttribute('role') ?? '';
  const isButton = element instanceof HTMLButtonElement || element instanceof HTMLAnchorElement;
  return isButton || /^(button|menuitem|option|tab|radio|switch)/.test(role) ? 'button' : 'page';
}
