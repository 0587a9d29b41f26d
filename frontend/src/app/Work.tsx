/** The columns below the bars: settings, network, panels. Points of the plane have a view of the network of their own. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { DataRoom } from '../data/DataRoom';
import { Network } from '../editor/Network';
import { Icon } from '../forms/Icon';
import { Cover } from '../lessons/Cover';
import type { Inspected } from '../panels';
import { type Chosen, featuresIn, PointsNetwork, type Stack, titleOf, UNITS, unitOf } from '../points';
import { useLesson, usePage, useWorkplace } from '../session/react';
import { isCovered } from '../stores/lesson';
import { ColumnEdge, useColumns } from './columns';
import { Stage } from './Stage';
import { NoticeLine, Strip } from './Strip';
import { useStack } from './useArrangement';

export function Work({ children }: { readonly children: ReactNode }) {
  const { stack, isShown } = useStack();
  const isData = usePage((page) => page.dataPage !== null);
  if (isData) return <DataColumns>{children}</DataColumns>;
  return stack && isShown ? (
    <PointsColumns stack={stack}>{children}</PointsColumns>
  ) : (
    <CardColumns hasPoints={stack !== null}>{children}</CardColumns>
  );
}

function DataColumns({ children }: { readonly children: ReactNode }) {
  const columns = useColumns();
  return (
    <div className="work" style={columns.style}>
      {children}
      <DataRoom notice={<NoticeLine />} />
    </div>
  );
}

function CardColumns({ hasPoints, children }: { readonly hasPoints: boolean; readonly children: ReactNode }) {
  const columns = useColumns();
  return (
    <div className="work" style={columns.style}>
      {children}
      <Network tools={hasPoints ? <ToPoints /> : null}>
        {columns.rail ? <ColumnEdge label="Width of the settings" {...columns.rail} /> : null}
        <ColumnEdge label="Width of the network" {...columns.network} />
      </Network>
      {useLesson(isCovered) ? <Cover /> : <Stage />}
    </div>
  );
}

function ToPoints() {
  const { preferences } = useWorkplace();
  const label = 'Show every unit over the plane';
  return (
    <Tooltip label={label}>
      <ActionIcon size="xs" aria-label={label} onClick={() => preferences.setState({ showsPoints: true })}>
        <Icon name="data" />
      </ActionIcon>
    </Tooltip>
  );
}

const SHARES = [0, 1] as const;

function PointsColumns({ stack, children }: { readonly stack: Stack; readonly children: ReactNode }) {
  const columns = useColumns();
  const isHidden = useLesson(isCovered);
  const [chosen, setChosen] = useState<Chosen>(null);
  const record = usePage((page) => page.record);
  const hasClasses = usePage((page) => page.check?.data?.task !== 'regression');
  const inspected = useMemo((): Inspected | null => {
    const column = chosen && stack[chosen.column];
    if (!chosen || !column || (column.part === 'output' && column.numUnits === 1)) return null;
    const unit = unitOf(chosen, featuresIn(record));
    const { nodes, bound, part } = column;
    const range = part === 'output' && hasClasses ? SHARES : bound === null ? null : ([-bound, bound] as const);
    return unit < 0 ? null : { probe: UNITS, nodes, unit, title: titleOf(stack, chosen), ends: range };
  }, [chosen, stack, record, hasClasses]);
  return (
    <div className="work with-points" style={columns.style}>
      {children}
      <PointsNetwork stack={stack} chosen={chosen} onChoose={setChosen}>
        {isHidden ? <NoticeLine /> : <Strip />}
        {columns.rail ? <ColumnEdge label="Width of the settings" {...columns.rail} /> : null}
      </PointsNetwork>
      {isHidden ? <Cover /> : <Stage inspected={inspected} isBesidePoints />}
    </div>
  );
}
