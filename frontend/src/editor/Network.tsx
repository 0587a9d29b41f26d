/** The network column: head with totals, the cards with their wires, or the whole experiment as text. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import type { KeyboardEvent, ReactNode } from 'react';
import { formatCount, formatNumber } from '../draw';
import { Icon } from '../forms/Icon';
import { usePage, useWorkplace } from '../session/react';
import { Cards } from './Cards';
import './network.css';
import { Mends } from './Problems';
import { SpecText } from './SpecText';

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
  const nowhere = check?.problems.filter((problem) => problem.node === null) ?? [];
  return (
    <main className="network" aria-label="Network" onKeyDown={walk}>
      <Head isWide={isWide ?? false} tools={tools} />
      {nowhere.length > 0 && !showsText ? (
        <div className="network-problems">
          <Mends problems={nowhere} />
        </div>
      ) : null}
      {showsText ? (
        <SpecText isWide={isWide ?? false} />
      ) : (
        <div className="network-cards" ref={ref}>
          {width > 0 && check ? <Cards check={check} pane={{ width, height }} isWide={isWide ?? false} /> : null}
        </div>
      )}
      {children}
    </main>
  );
}

function Head({ isWide, tools }: { readonly isWide: boolean; readonly tools?: ReactNode }) {
  const { page } = useWorkplace();
  const totals = usePage((one) => one.check?.totals);
  const showsText = usePage((one) => one.showsText);
  const label = showsText ? 'Show the network' : 'Show the experiment as JSON';
  return (
    <header className="column-head">
      <h2>{showsText ? 'Experiment' : 'Network'}</h2>
      {showsText ? (
        <span className="sm faint">as text</span>
      ) : (
        <span className="sm faint num clip">
          {totals ? `${formatCount(totals.parameters)} parameters` : ''}
          {totals && isWide ? ` · ${largeCount(totals.multiply_adds)} multiply-adds` : ''}
        </span>
      )}
      <span className="grow" />
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

/** 6.5 M, 12.3 k. */
function largeCount(value: number): string {
  if (value >= 1e6) return `${formatNumber(value / 1e6, 2)} M`;
  return value >= 1e4 ? `${formatNumber(value / 1e3, 3)} k` : formatCount(value);
}

/** ↑ and ↓ go from card to card. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('.card-top')];
  const here = cards.indexOf(document.activeElement as HTMLElement);
  const next = cards[here + (event.key === 'ArrowDown' ? 1 : -1)];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
