/**
 * A page that feeds panels with generated data, to look at them: `npm run dev`, then
 * `/src/panels/gallery/gallery.html?kind=image&theme=dark`. It is not part of the build.
 *
 * `kind` image, plane, classes3, regression · `step` how far the run is · `view` time travel · `options` as JSON by panel ·
 * `only` names of panels · `state` empty, plain, stale, diverged, ghost, lag · `live=1` trains at 10 frames a second.
 */
import { MantineProvider } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import '../../app/fonts.css';
import '../../app/tokens.css';
import './gallery.css';
import { type Arrangement, Cursor, defaultArrangement, PanelGrid } from '..';
import { SampleRun } from './SampleRun';
import { check, type Kind, points } from './samples';

const query = new URLSearchParams(location.search);
const kind = (query.get('kind') ?? 'image') as Kind;
const state = query.get('state') ?? '';
const theme = query.get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset.theme = theme;
if (query.get('scale')) document.documentElement.style.setProperty('--scale', query.get('scale'));

const run = new SampleRun(kind);
const target = Number(query.get('step') ?? 1375);
while (state !== 'empty' && run.step < target) run.advance(Math.min(12, target - run.step));
const before = state === 'ghost' ? new SampleRun(kind, 'before') : null;
before?.advance(2000);
if (state === 'stale') run.record.setStale(true);
if (state === 'diverged') {
  run.record.curves.append({
    'train/loss': { steps: [run.step + 1], values: [null], non_finite: {}, thinned_from: null, means: [] },
  });
  run.record.progress = { ...run.record.progress, status: 'diverged', step: run.step + 1 };
}

const { view } = run.record;
if (state === 'plain' && view)
  run.record.setView({ ...view, check: { ...check(kind), lacking: check('plane').lacking } });

const cursor = new Cursor();

function arrangementOf(): Arrangement {
  const standard = defaultArrangement(check(kind));
  const only = query.get('only')?.split(',');
  const options = JSON.parse(query.get('options') ?? '{}') as Record<string, Record<string, string>>;
  const places = only ? only.map((id) => ({ id })) : standard.places;
  return {
    places: places.map((place) => ({ ...place, options: options[place.id] ?? {} })),
    maximised: query.get('maximised'),
  };
}

function Gallery(): ReactElement {
  const [arrangement, setArrangement] = useState<Arrangement | null>(arrangementOf);
  return (
    <PanelGrid
      record={run.record}
      ghost={before?.record ?? null}
      plannedSteps={run.plannedSteps}
      stepsPerEpoch={125}
      lossTitle="cross-entropy"
      task={kind === 'regression' ? 'regression' : 'classification'}
      cursor={cursor}
      onAction={(action) => console.log(JSON.stringify(action))}
      check={check(kind)}
      points={points(kind)}
      viewStep={query.has('view') ? Number(query.get('view')) : null}
      arrangement={arrangement}
      onArrange={setArrangement}
      visibleProbes={(probes) => console.log(`probes ${probes.join()}`)}
    />
  );
}

Object.assign(globalThis, { run, cursor });
if (query.has('live')) {
  const perFrame = Number(query.get('live')) || 12;
  setInterval(() => run.step < run.plannedSteps && run.advance(perFrame), 100);
}
createRoot(document.getElementById('root') as HTMLElement).render(
  <MantineProvider forceColorScheme={theme}>
    <Gallery />
  </MantineProvider>,
);
