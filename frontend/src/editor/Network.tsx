/** The network column: head with totals, the cards with their wires, or the whole experiment as text. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { formatCount } from '../draw';
import { Icon } from '../forms/Icon';
import { usePage, useSpecPart, useWorkplace } from '../session/react';
import { AddButton } from './AddButton';
import { AddLayer } from './AddLayer';
import { Cards } from './Cards';
import { EmptyNetwork } from './EmptyNetwork';
import { walk } from './walk';
import './network.css';
import './editing.css';
import { Mends } from './Problems';
import { SpecText } from './SpecText';
import { largeCount } from './words';

interface NetworkProps {
  /** More buttons for the head. */
  readonly tools?: ReactNode;
  /** What lies over the column, such as its edges. */
  readonly children?: ReactNode;
}

export function Network({ tools, children }: NetworkProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const isWide = useMediaQuery('(min-width: 1600px)', false, { getInitialValueInEffect: false });
  const showsText = usePage((page) => page.showsText);
  const check = usePage((page) => page.check);
  const adding = usePage((page) => page.adding);
  const isEmpty = useSpecPart('graph').length === 0;
  const workplace = useWorkplace();
  const nowhere = check?.problems.filter((problem) => problem.node === null) ?? [];
  return (
    <main className="network" aria-label="Network" onKeyDown={(event) => walk(event, workplace)}>
      <Head isWide={isWide ?? false} tools={tools} />
      {nowhere.length > 0 && !showsText ? (
        <div className="network-problems">
          <Mends problems={nowhere} />
        </div>
      ) : null}
      {showsText ? (
        <SpecText isWide={isWide ?? false} />
      ) : (
        <div className="network-cards" ref={ref} data-nodes={check?.nodes.length}>
          {width > 0 && check ? <Cards check={check} pane={{ width, height }} isWide={isWide ?? false} /> : null}
          {isEmpty ? <EmptyNetwork /> : null}
          {adding && !isEmpty ? <AddLayer place={adding} /> : null}
        </div>
      )}
      {children}
    </main>
  );
}

function Head({ isWide, tools }: { readonly isWide: boolean; readonly tools?: ReactNode }) {
  const { page } = useWorkplace();
  // Of a network with an error only a part is counted.
  const totals = usePage((one) => (one.check?.ok ? one.check.totals : undefined));
  const showsText = usePage((one) => one.showsText);
  const label = showsText ? 'Show the network' : 'Show the experiment as JSON';
  return (
    <header className="column-head">
      <h2>{showsText ? 'Experiment' : 'Network'}</h2>
      {showsText ? (
        <span className="sm faint">as text</span>
      ) : (
        <span className="sm faint num clip">
          {totals ? (
            <Totals parameters={totals.parameters} multiplyAdds={totals.multiply_adds} isWide={isWide} />
          ) : null}
        </span>
      )}
      <span className="grow" />
      {showsText ? null : <AddButton />}
      {showsText ? null : tools}
      <Tooltip label={label}>
        <ActionIcon
          size="xs"
          aria-label={label}
          aria-pressed={showsText}
          onClick={() => page.setState({ showsText: !showsText })}
        >
          <Icon name={showsText ? 'layers' : 'code'} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

interface TotalsProps {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly isWide: boolean;
}

/** Multiply-adds stand here where there is room, and always for the pointer. */
function Totals({ parameters, multiplyAdds, isWide }: TotalsProps) {
  const exact = `${formatCount(parameters)} parameters · ${formatCount(multiplyAdds)} multiply-adds a sample, forward`;
  return (
    <span title={exact}>
      {formatCount(parameters)} parameters
      {isWide ? ` · ${largeCount(multiplyAdds)} multiply-adds` : ''}
    </span>
  );
}
