/** What the palette can do with the data: open a page of its view, look at the wrong answers, choose another set. */
import { choose, wishFor } from '../data/choose/choosing';
import { choosables } from '../data/choose/sets';
import { findKind } from '../forms/schema';
import type { Workplace } from '../session/react';
import { shownUploads } from '../stores/datasets';
import { LAMP, type Part } from '../stores/lamp';
import type { DataPage } from '../stores/page';
import type { PaletteCommand } from './palette';

const PAGES: readonly (readonly [DataPage, string, string])[] = [
  ['choose', 'Data: choose a set', 'dataset gallery'],
  ['own', 'Data: your own files', 'upload csv zip images text npz paint'],
  ['look', 'Data: look at samples', 'browse lamp labels predictions losses'],
  ['prepare', 'Data: prepare', 'preprocess standardise augment'],
];

export function dataCommands(workplace: Workplace): PaletteCommand[] {
  const { page } = workplace;
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
    ...dataSets(workplace),
  ];
}

/** Every set that can be trained on; those whose files are not there yet are shown with what can be done. */
function dataSets(workplace: Workplace): PaletteCommand[] {
  const { page, draft, session } = workplace;
  const kinds = page.getState().catalog?.kinds ?? [];
  const files = session.datasets.store.getState();
  const spec = draft.getState().spec;
  const before = spec ? findKind(kinds, 'dataset', spec.data.dataset) : undefined;
  return choosables(kinds, shownUploads(files)).map((one) => {
    const original = files.originals.find(({ dataset }) => dataset === one.dataset);
    const isHere = !original || original.status === 'ready';
    return {
      id: `set-${one.key}`,
      group: 'Data',
      icon: 'reset',
      title: `Data: ${one.title}`,
      words: [one.dataset, ...one.kind.aliases].join(' '),
      effect: 'restarts',
      run: () => {
        if (isHere && spec) void choose(workplace, one.title, wishFor(one, spec, before));
        else page.setState({ dataPage: 'choose' });
      },
    };
  });
}
