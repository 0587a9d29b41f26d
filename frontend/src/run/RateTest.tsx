/** The learning-rate range test: loss against rate as it is measured, what it suggests, and one press to take it. */
import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { withField } from '../data/edits';
import { formatNumber } from '../draw';
import { Icon } from '../forms/Icon';
import type { SuggestedRate } from '../generated/schemas';
import type { RangeProgress } from '../session/rangeTest';
import { useSession, useSpec } from '../session/react';
import { RatePlot } from './RatePlot';

interface State {
  readonly progress: RangeProgress | null;
  readonly suggestion: SuggestedRate | null;
  readonly problem: string | null;
  readonly isRunning: boolean;
}

const START: State = { progress: null, suggestion: null, problem: null, isRunning: true };

/** The button beside the rate, and its panel. */
export function FindRate() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      opened={isOpen}
      position="right-start"
      width={348}
      trapFocus
      closeOnClickOutside={false}
      onClose={() => setOpen(false)}
    >
      <Popover.Target>
        <Tooltip label="Find a rate: a short test run with rates from tiny to huge" disabled={isOpen}>
          <ActionIcon aria-label="Find rate" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <Icon name="search" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>{isOpen ? <Panel onClose={() => setOpen(false)} /> : null}</Popover.Dropdown>
    </Popover>
  );
}

function Panel({ onClose }: { onClose(): void }) {
  const session = useSession();
  const { state, cancel } = useRangeTest();
  const { progress, suggestion, problem, isRunning } = state;
  const rate = suggestion?.rate ?? null;
  const take = (): void => {
    session.edit((spec) => ({ ...spec, optimizer: withField(spec.optimizer, 'lr', rate) }));
    onClose();
  };
  return (
    <section className="rate-test" aria-label="Learning-rate range test">
      <header className="row">
        <h2>Find rate</h2>
        <span className="grow" />
        <span className="xs faint num" role="status">
          {isRunning ? runningText(progress) : ''}
        </span>
        <ActionIcon size="xs" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </header>
      <RatePlot points={progress?.points ?? []} suggestion={suggestion} />
      <p className="sm rate-why">{problem ?? suggestion?.why ?? 'Your own run is left as it is.'}</p>
      <footer className="row">
        <span className="grow" />
        {isRunning ? (
          <Button onClick={cancel}>Cancel</Button>
        ) : rate === null ? (
          <Button onClick={onClose}>Close</Button>
        ) : (
          <Button onClick={take} rightSection={<span className="tag live">live</span>}>
            Use {formatNumber(rate)}
          </Button>
        )}
      </footer>
    </section>
  );
}

function runningText(progress: RangeProgress | null): string {
  if (!progress) return 'starting …';
  if (progress.status === 'queued') return 'waits for its turn';
  return `${Math.round(100 * progress.share)} % done`;
}

/** One test of the experiment as it was when the panel opened; closing the panel ends it. */
function useRangeTest(): { readonly state: State; cancel(): void } {
  const session = useSession();
  const spec = useRef(useSpec());
  const [state, setState] = useState(START);
  const ending = useRef<AbortController | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    ending.current = controller;
    const tell = (change: Partial<State>): void => {
      if (!controller.signal.aborted) setState((before) => ({ ...before, ...change }));
    };
    session.ask
      .rangeTest(spec.current, (progress) => tell({ progress }), controller.signal)
      .then((suggestion) => tell({ suggestion, isRunning: false }))
      .catch((error: unknown) =>
        tell({ problem: error instanceof Error ? error.message : String(error), isRunning: false }),
      );
    return () => controller.abort();
  }, [session]);
  const cancel = (): void => {
    ending.current?.abort();
    setState((before) => ({ ...before, isRunning: false, problem: 'Cancelled.' }));
  };
  return { state, cancel };
}
