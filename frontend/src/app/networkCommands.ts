/** Commands of the palette that change the network: add any layer or block, and edit what is selected. */
import {
  addLayer,
  askForFit,
  askForLayer,
  chosen,
  deleteChosen,
  duplicateChosen,
  foldAll,
  moveChosen,
  pasteText,
  repeatChosen,
  selectAll,
  usualPlace,
} from '../editor/actions';
import { layerEntries } from '../editor/layerSearch';
import { say } from '../session/notices';
import type { Workplace } from '../session/react';
import type { PaletteCommand } from './palette';

const TIMES = [2, 3, 4, 5, 6];

export function networkCommands(workplace: Workplace): PaletteCommand[] {
  const ids = chosen(workplace);
  const hasBlocks = (workplace.draft.getState().spec?.graph ?? []).some((node) => node.block);
  return [
    ...(ids.length > 0 ? selectionCommands(workplace, ids) : []),
    ...always(workplace),
    ...(hasBlocks ? [foldCommand(workplace)] : []),
    ...layerCommands(workplace),
  ];
}

const GROUP = 'Network';

function always(workplace: Workplace): PaletteCommand[] {
  return [
    {
      id: 'add-layer',
      group: GROUP,
      icon: 'plus',
      title: 'Add a layer',
      keys: 'n',
      effect: 'restarts',
      // The palette must be gone before the search takes the focus.
      run: () => requestAnimationFrame(() => askForLayer(workplace, usualPlace(workplace))),
    },
    { id: 'fit', group: GROUP, icon: 'fit', title: 'Zoom to fit', keys: 'f', run: () => askForFit(workplace) },
    {
      id: 'select-all',
      group: GROUP,
      icon: 'layers',
      title: 'Select all layers',
      keys: 'Ctrl A',
      run: () => selectAll(workplace),
    },
    {
      id: 'paste',
      group: GROUP,
      icon: 'copy',
      title: 'Paste layers',
      keys: 'Ctrl V',
      effect: 'restarts',
      run: () => void paste(workplace),
    },
  ];
}

const foldCommand = (workplace: Workplace): PaletteCommand => ({
  id: 'fold',
  group: GROUP,
  icon: 'fold',
  title: 'Fold or unfold the blocks',
  words: 'collapse expand',
  run: () => foldAll(workplace),
});

function selectionCommands(workplace: Workplace, ids: readonly string[]): PaletteCommand[] {
  const what = ids.length === 1 ? ids[0] : `${ids.length} layers`;
  const edit = (command: Omit<PaletteCommand, 'group' | 'effect'>): PaletteCommand => ({
    ...command,
    group: GROUP,
    effect: 'restarts',
  });
  return [
    edit({ id: 'delete', icon: 'trash', title: `Delete ${what}`, keys: 'Del', run: () => deleteChosen(workplace) }),
    edit({
      id: 'duplicate',
      icon: 'copy',
      title: `Duplicate ${what}`,
      keys: 'Ctrl D',
      run: () => duplicateChosen(workplace),
    }),
    {
      id: 'copy',
      group: GROUP,
      icon: 'copy',
      title: `Copy ${what}`,
      keys: 'Ctrl C',
      run: () => requestAnimationFrame(() => document.execCommand('copy')),
    },
    edit({
      id: 'move-up',
      icon: 'up',
      title: `Move ${what} up`,
      keys: 'Alt ↑',
      run: () => moveChosen(workplace, 'up'),
    }),
    edit({
      id: 'move-down',
      icon: 'down',
      title: `Move ${what} down`,
      keys: 'Alt ↓',
      run: () => moveChosen(workplace, 'down'),
    }),
    ...TIMES.map((times) =>
      edit({
        id: `repeat-${times}`,
        icon: 'copy',
        title: `Repeat ${what}: ${times} in a row`,
        words: 'block times',
        run: () => repeatChosen(workplace, times),
      }),
    ),
  ];
}

function layerCommands(workplace: Workplace): PaletteCommand[] {
  return layerEntries(workplace.page.getState().catalog?.kinds ?? []).map((entry) => ({
    id: `add-${entry.id}`,
    group: 'Layers',
    icon: 'plus',
    title: `Add layer: ${entry.title}`,
    words: entry.names.join(' '),
    effect: 'restarts',
    run: () => addLayer(workplace, entry.id),
  }));
}

/** A page may read the clipboard only where the browser and the person allow it. */
async function paste(workplace: Workplace): Promise<void> {
  try {
    if (pasteText(workplace, await navigator.clipboard.readText())) return;
    say(workplace.page, 'info', 'The clipboard holds no layers.', 'Copy some with Ctrl C, or a graph as JSON.');
  } catch {
    say(workplace.page, 'info', 'The browser does not let the page read the clipboard.', 'Press Ctrl V instead.');
  }
}
