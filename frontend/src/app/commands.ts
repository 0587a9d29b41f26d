/** Everything the palette can do, made from what is on the page. */

import { formatCount, formatCounted } from '../draw';
import { newNetwork } from '../editor/actions';
import { groupsOf } from '../editor/graph';
import { type Norm, writeActivation, writeNorm } from '../editor/switches';
import type { IconName } from '../forms/Icon';
import type { InitSpec, Kind, RunSpec } from '../generated/schemas';
import { withKind } from '../run/edits';
import { isUnderWay, SPEEDS, speedWord } from '../run/status';
import type { Workplace } from '../session/react';
import { dataCommands } from './dataCommands';
import { networkCommands } from './networkCommands';
import type { PaletteCommand } from './palette';

export type { PaletteCommand } from './palette';

export function commands(workplace: Workplace, showKeys: () => void): PaletteCommand[] {
  return [
    ...running(workplace),
    ...settings(workplace),
    ...networkCommands(workplace),
    ...network(workplace),
    ...dataCommands(workplace),
    ...experiments(workplace),
    ...lessons(workplace),
    ...pageCommands(workplace, showKeys),
  ];
}

function running({ session, page }: Workplace): PaletteCommand[] {
  const { record, viewStep } = page.getState();
  const isPast = viewStep !== null;
  const status = record?.progress.status;
  const group = 'Run';
  const all: (PaletteCommand | false)[] = [
    status === 'running'
      ? { id: 'pause', group, icon: 'pause', title: 'Pause', keys: 'Space', run: () => void session.pause() }
      : { id: 'train', group, icon: 'play', title: 'Train', keys: 'Space', run: () => void session.train() },
    { id: 'step', group, icon: 'step', title: 'One step', keys: '.', run: () => void session.step(1) },
    { id: 'steps', group, icon: 'step', title: 'Ten steps', keys: 'Shift .', run: () => void session.step(10) },
    {
      id: 'slow-motion',
      group,
      icon: 'step',
      title: 'The next step in slow motion',
      keys: 'm',
      run: () => page.setState({ wantedPanel: 'slow_motion' }),
    },
    isUnderWay(status) && { id: 'stop', group, icon: 'stop', title: 'Stop', keys: 's', run: () => void session.stop() },
    isPast && { id: 'fork', group, icon: 'step', title: 'Fork from here', run: () => void session.forkFromHere() },
    isPast && { id: 'live', group, icon: 'live', title: 'Go live', keys: 'l', run: () => session.goLive() },
    { id: 'reset', group, icon: 'reset', title: 'Reset to step 0', keys: 'r', run: () => void session.reset() },
  ];
  const speeds = SPEEDS.map(
    (speed): PaletteCommand => ({
      id: `speed-${speed}`,
      group,
      icon: 'live',
      title: `Speed: ${speedWord(speed).toLowerCase()}`,
      effect: 'live',
      run: () => session.setSpeed(speed),
    }),
  );
  return [...all.filter((one) => one !== false), ...speeds];
}

type Edit = (kind: string) => (spec: RunSpec) => RunSpec;

function choices(
  workplace: Workplace,
  kinds: readonly Kind[],
  word: string,
  effect: 'live' | 'restarts',
  edit: Edit,
): PaletteCommand[] {
  return kinds.map((kind) => ({
    id: `${word}-${kind.kind}`,
    group: 'Settings',
    icon: effect === 'live' ? 'live' : 'reset',
    title: `${word}: ${kind.title}`,
    words: [kind.kind, ...kind.aliases].join(' '),
    effect,
    run: () => workplace.session.edit(edit(kind.kind)),
  }));
}

function settings(workplace: Workplace): PaletteCommand[] {
  const kinds = workplace.page.getState().catalog?.kinds ?? [];
  const groupOf = groupsOf(kinds);
  const family = (name: Kind['family']): Kind[] => kinds.filter((kind) => kind.family === name);
  const layers = (group: string): Kind[] => family('layer').filter((kind) => kind.group === group);
  return [
    ...choices(workplace, family('optimizer'), 'Optimizer', 'live', (kind) => (spec) => ({
      ...spec,
      optimizer: withKind(spec.optimizer, kind),
    })),
    ...choices(workplace, layers('norm'), 'Norm', 'restarts', (kind) => (spec) => ({
      ...spec,
      graph: writeNorm(spec.graph, kind as Norm, groupOf),
    })),
    ...choices(workplace, layers('activation'), 'Activation', 'restarts', (kind) => (spec) => ({
      ...spec,
      graph: writeActivation(spec.graph, kind, groupOf),
    })),
    ...choices(workplace, family('init'), 'Init', 'restarts', (kind) => (spec) => ({
      ...spec,
      init: { scheme: kind } as InitSpec,
    })),
  ];
}

function network({ page }: Workplace): PaletteCommand[] {
  const nodes = page.getState().check?.nodes ?? [];
  return nodes
    .filter((node) => node.parameters > 0)
    .map((node) => ({
      id: `node-${node.id}`,
      group: 'Network',
      icon: 'layers',
      title: `Show ${node.id}`,
      note: `${formatCount(node.parameters)} parameters`,
      run: () => page.setState({ selected: node.id }),
    }));
}

function experiments(workplace: Workplace): PaletteCommand[] {
  const { session, page } = workplace;
  const { catalog, runs, record } = page.getState();
  const ready = (catalog?.experiments ?? []).map(
    (one): PaletteCommand => ({
      id: `experiment-${one.id}`,
      group: 'Experiments',
      icon: 'data',
      title: one.title,
      note: one.summary,
      words: `${one.spec.name} ${one.summary}`,
      run: () => session.startFrom(one.spec),
    }),
  );
  const past = runs
    .filter((run) => run.step > 0 && run.id !== record?.id)
    .map(
      (run): PaletteCommand => ({
        id: `run-${run.id}`,
        group: 'Runs',
        icon: 'history',
        title: `Run ${run.number} · ${run.name}`,
        note: formatCounted(run.step, 'step'),
        run: () => void session.openRun(run.id),
      }),
    );
  const empty: PaletteCommand = {
    id: 'new-network',
    group: 'Experiments',
    icon: 'plus',
    title: 'New network',
    note: 'Begin without layers',
    words: 'empty blank clear',
    run: () => newNetwork(workplace),
  };
  return [empty, ...ready, ...past];
}

function lessons({ session }: Workplace): PaletteCommand[] {
  const { list, open } = session.lessons.store.getState();
  const group = 'Lessons';
  const all = (list ?? []).map(
    ({ id, title, chapter, diagnoses }): PaletteCommand => ({
      id: `lesson-${id}`,
      group,
      icon: 'book',
      title,
      note: chapter,
      words: `lesson ${id} ${diagnoses.join(' ').replaceAll('_', ' ')}`,
      run: () => void session.lessons.open(id),
    }),
  );
  if (open === null) return all;
  const close = (id: string, title: string, run: () => void): PaletteCommand => ({
    id,
    group,
    icon: 'close',
    title,
    run,
  });
  return [
    close('lesson-take-over', 'Take the experiment of the lesson over', () => session.lessons.takeOver()),
    close('lesson-back', 'Close the lesson', () => void session.lessons.back()),
    ...all,
  ];
}

function pageCommands({ session, page, preferences }: Workplace, showKeys: () => void): PaletteCommand[] {
  const group = 'Page';
  const theme = (choice: 'light' | 'dark' | 'system', title: string, icon: IconName): PaletteCommand => ({
    id: `theme-${choice}`,
    group,
    icon,
    title,
    run: () => preferences.setState({ theme: choice }),
  });
  return [
    { id: 'undo', group, icon: 'undo', title: 'Undo', keys: 'Ctrl Z', run: () => session.undo() },
    { id: 'redo', group, icon: 'redo', title: 'Redo', keys: 'Ctrl Shift Z', run: () => session.redo() },
    { id: 'json', group, icon: 'code', title: 'Experiment as JSON', run: () => page.setState({ showsText: true }) },
    {
      id: 'points',
      group,
      icon: 'data',
      title: preferences.getState().showsPoints ? 'Networks of points as cards' : 'Networks of points as units',
      words: 'view playground units tiles cards',
      run: () => preferences.setState({ showsPoints: !preferences.getState().showsPoints }),
    },
    {
      id: 'present',
      group,
      icon: 'screen',
      title: page.getState().isPresenting ? 'Leave presenter mode' : 'Presenter mode',
      words: 'projector large teacher full screen',
      keys: 'p',
      run: () => page.setState(({ isPresenting }) => ({ isPresenting: !isPresenting })),
    },
    theme('light', 'Light theme', 'sun'),
    theme('dark', 'Dark theme', 'moon'),
    theme('system', 'Theme of the system', 'system'),
    { id: 'keys', group, icon: 'key', title: 'Keys', keys: '?', run: showKeys },
  ];
}

/** The letters of `query` in their order, as positions in `title`; null when they are not there. Whole words win. */
export function match(title: string, query: string): readonly number[] | null {
  const text = title.toLowerCase();
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  const at = text.indexOf(wanted);
  if (at >= 0) return Array.from(wanted, (_, index) => at + index);
  const places: number[] = [];
  let from = 0;
  for (const letter of wanted.replaceAll(' ', '')) {
    const place = text.indexOf(letter, from);
    if (place < 0) return null;
    places.push(place);
    from = place + 1;
  }
  return places;
}

/** Commands that fit, the closest first: a title that holds the query as it is, then one whose word starts with it. */
export function search(all: readonly PaletteCommand[], query: string): PaletteCommand[] {
  const wanted = query.trim().toLowerCase();
  const scored = all.flatMap((command) => {
    const places = match(command.title, query);
    if (!places) {
      const isNoted = wanted.length > 1 && (command.words ?? '').toLowerCase().includes(wanted);
      return isNoted ? [{ command, score: 3 }] : [];
    }
    const first = places[0] ?? 0;
    const isWhole = places.every((place, index) => index === 0 || place === (places[index - 1] as number) + 1);
    const startsWord = first === 0 || /[\s:·]/.test(command.title[first - 1] ?? '');
    if (!isWhole && query.trim().length < 3) return [];
    return [{ command, score: (isWhole ? 0 : 2) + (startsWord ? 0 : 1) }];
  });
  const best = Math.min(...scored.map((one) => one.score));
  return scored
    .filter((one) => one.score <= best + 1)
    .sort((a, b) => a.score - b.score)
    .map((one) => one.command);
}
