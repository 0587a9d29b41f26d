/** What the palette can do with the data: open a page of its view, look at the wrong answers. */
import type { Workplace } from '../session/react';
import { LAMP, type Part } from '../stores/lamp';
import type { DataPage } from '../stores/page';
import type { PaletteCommand } from './palette';

const PAGES: readonly (readonly [DataPage, string, string])[] = [
  ['choose', 'Data: choose a set', 'dataset gallery'],
  ['own', 'Data: your own files', 'upload csv zip images text npz paint'],
  ['look', 'Data: look at samples', 'browse lamp labels predictions losses'],
  ['prepare', 'Data: prepare', 'preprocess standardise augment'],
];

export function dataCommands({ page }: Workplace): PaletteCommand[] {
  const group = 'Data';
  const lookAt = (part: Part) => (): void =>
    page.setState({ dataPage: 'look', lamp: { ...LAMP, part, verdict: 'wrong' } });
  return [
    ...PAGES.map(
      ([dataPage, title, words]): PaletteCommand => ({
        id: `data-${dataPage}`,
        group,
        icon: 'data',
        title,
        words,
        run: () => page.setState({ dataPage }),
      }),
    ),
    { id: 'data-wrong', group, icon: 'search', title: 'Wrong validation samples', run: lookAt('validation') },
    { id: 'data-wrong-train', group, icon: 'search', title: 'Wrong training samples', run: lookAt('train') },
  ];
}
