/** The panels, with the line above them, and what a button inside a panel does. */
import { useMemo, useRef } from 'react';
import { groupsOf } from '../editor/graph';
import { INSIDE_PROBES } from '../editor/inside';
import { writeDropout, writeNorm } from '../editor/switches';
import type { CheckResult } from '../generated/schemas';
import {
  Cursor,
  type Inspected,
  type PanelAction,
  type PanelAnalyses,
  PanelGrid,
  type PanelMark,
  type PlanePoints,
  probesOf,
} from '../panels';
import { WATCHED } from '../points';
import { useLesson, usePage, useRecord, useSpecPart, useWorkplace } from '../session/react';
import { LAMP } from '../stores/lamp';
import { shownStep } from '../stores/page';
import { Strip } from './Strip';
import { useArrangement } from './useArrangement';
import { useWantedPanel } from './useWantedPanel';

/** What the node cards draw. */
const CARD_PROBES: readonly string[] = ['feature_maps', 'activations', 'filters'];

const cardProbes = (check: CheckResult | null): readonly string[] => [
  ...CARD_PROBES,
  ...INSIDE_PROBES.filter((probe) => check && !check.lacking[probe]),
];

interface StageProps {
  readonly isBesidePoints?: boolean;
  /** The unit that the big surface shows in place of the output. */
  readonly inspected?: Inspected | null;
}

export function Stage({ isBesidePoints = false, inspected = null }: StageProps) {
  const { session, page } = useWorkplace();
  const chosenLoss = useSpecPart('loss');
  const record = usePage((one) => one.record);
  const ghost = usePage((one) => one.ghost);
  const check = usePage((one) => one.check);
  const catalog = usePage((one) => one.catalog);
  const sample = usePage((one) => one.sample);
  const isSampleChosen = usePage((one) => one.isSampleChosen);
  const viewStep = usePage(shownStep);
  const preview = usePage((one) => one.preview);
  const view = useRecord(record, (one) => one?.view ?? null);
  const { arrangement, arrange } = useArrangement();
  useWantedPanel(arrangement, arrange);
  const cursor = useRef(new Cursor()).current;
  const marks = useMarks();
  const isPresenting = usePage((one) => one.isPresenting);
  const probes = useMemo(() => (catalog ? probesOf(catalog.kinds) : undefined), [catalog]);
  const points = useMemo((): PlanePoints | null => {
    if (preview?.data.input_kind !== 'points') return null;
    return { train: preview.samples, validation: preview.validation };
  }, [preview]);
  const analyses = useMemo((): PanelAnalyses => {
    const { store } = session.analyses;
    const cancel = (kind: string): void => void session.analyses.cancel(kind);
    return { store, ask: (wish) => session.analyses.ask(wish), cancel };
  }, [session]);
  const task = check?.data?.task === 'regression' ? 'regression' : 'classification';
  // The curve is of the run, whatever the draft has become meanwhile.
  const lossKind = (view ? view.spec.loss : chosenLoss)?.kind ?? (task === 'regression' ? 'mse' : 'cross_entropy');
  const loss = catalog?.kinds.find((one) => one.family === 'loss' && one.kind === lossKind);

  const act = (action: PanelAction): void => {
    if (action.type === 'train') void session.train();
    else if (action.type === 'step') void session.step(1);
    else if (action.type === 'add_dropout')
      session.edit((now) => ({ ...now, graph: writeDropout(now.graph, action.p) }));
    else {
      const groupOf = groupsOf(page.getState().catalog?.kinds ?? []);
      session.edit((now) => ({ ...now, graph: writeNorm(now.graph, action.kind, groupOf) }));
    }
  };
  return (
    <section className="stage" aria-label="Panels">
      {isBesidePoints ? null : <Strip />}
      <PanelGrid
        record={record}
        ghost={ghost}
        plannedSteps={view?.num_steps ?? 0}
        stepsPerEpoch={view?.steps_per_epoch ?? 1}
        lossTitle={String(loss?.details.axis ?? loss?.title ?? lossKind)
          .replace(/ \(.*\)$/, '')
          .toLowerCase()}
        task={task}
        cursor={cursor}
        onAction={act}
        check={check}
        points={points}
        inspected={inspected}
        analyses={analyses}
        sample={sample}
        isSampleChosen={isSampleChosen}
        viewStep={viewStep}
        onSample={(index) => session.showSample(index)}
        onConfused={(label, prediction) => page.setState({ dataPage: 'look', lamp: { ...LAMP, label, prediction } })}
        onView={(of, curves, steps) => session.refining.look(of, curves, steps)}
        marks={marks}
        onNode={(pointed) => page.setState({ pointed })}
        arrangement={arrangement}
        onArrange={arrange}
        alsoWatched={isBesidePoints ? WATCHED : cardProbes(check)}
        visibleProbes={(names) => session.watch(names)}
        probes={probes}
        {...(isPresenting ? { most: 2 } : {})}
      />
    </section>
  );
}

const NO_MARKS: readonly PanelMark[] = [];

/** Panels that the lesson tells of. */
function useMarks(): readonly PanelMark[] {
  const notice = useLesson((one) => one.lesson?.notice);
  const mark = useLesson((one) => one.mark);
  return useMemo(
    () => notice?.map(({ panel }, at): PanelMark => ({ panel, isActive: at === mark })) ?? NO_MARKS,
    [notice, mark],
  );
}
