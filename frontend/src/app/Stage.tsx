/** The panels, with the line above them, and what a button inside a panel does. */
import { useMemo, useRef } from 'react';
import { groupsOf } from '../editor/graph';
import { writeNorm } from '../editor/switches';
import {
  type Arrangement,
  Cursor,
  type Inspected,
  type PanelAction,
  type PanelAnalyses,
  PanelGrid,
  type PlanePoints,
  probesOf,
} from '../panels';
import { WATCHED } from '../points';
import { usePage, usePreferences, useRecord, useSpec, useWorkplace } from '../session/react';
import { Strip } from './Strip';

/** What the node cards draw. */
const CARD_PROBES: readonly string[] = ['feature_maps', 'activations', 'filters'];

/** Beside the network of points: the answer over the plane, large, and the loss. */
const BESIDE_POINTS: Arrangement = {
  places: [
    { id: 'decision_surface', rows: 2, columns: 2 },
    { id: 'loss', columns: 2 },
  ],
  maximised: null,
};

interface StageProps {
  readonly isBesidePoints?: boolean;
  /** The unit that the big surface shows in place of the output. */
  readonly inspected?: Inspected | null;
}

export function Stage({ isBesidePoints = false, inspected = null }: StageProps) {
  const { session, page, preferences } = useWorkplace();
  const spec = useSpec();
  const record = usePage((one) => one.record);
  const ghost = usePage((one) => one.ghost);
  const check = usePage((one) => one.check);
  const catalog = usePage((one) => one.catalog);
  const sample = usePage((one) => one.sample);
  const preview = usePage((one) => one.preview);
  const view = useRecord(record, (one) => one?.view ?? null);
  const kept = isBesidePoints ? 'pointsArrangement' : 'arrangement';
  const arrangement = usePreferences((one) => one[kept]) as Arrangement | null;
  const cursor = useRef(new Cursor()).current;
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
  const lossKind = spec.loss?.kind ?? (task === 'regression' ? 'mse' : 'cross_entropy');
  const loss = catalog?.kinds.find((one) => one.family === 'loss' && one.kind === lossKind);

  const act = (action: PanelAction): void => {
    if (action.type === 'train') void session.train();
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
        onSample={(index) => session.showSample(index)}
        arrangement={arrangement ?? (isBesidePoints ? BESIDE_POINTS : null)}
        onArrange={(next) => preferences.setState({ [kept]: next })}
        visibleProbes={(names) => session.watch([...names, ...(isBesidePoints ? WATCHED : CARD_PROBES)])}
        probes={probes}
        {...(isPresenting ? { most: 2 } : {})}
      />
    </section>
  );
}
