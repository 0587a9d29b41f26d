/** The name of the experiment, ready ones to start from, and the runs of this server. */
import { Menu, UnstyledButton } from '@mantine/core';
import { formatCount } from '../draw';
import { newNetwork } from '../editor/actions';
import { Icon } from '../forms/Icon';
import type { RunView } from '../generated/schemas';
import { STATUS_WORDS } from '../run/status';
import { usePage, useSpec, useWorkplace } from '../session/react';

const MOST_RUNS = 8;

/** After a choice the next thing to do is Train, so that Space trains and does not open the menu again. */
const focusTrain = (): void => document.querySelector<HTMLElement>('.transport button')?.focus();

export function ExperimentMenu() {
  const workplace = useWorkplace();
  const { session } = workplace;
  const { name } = useSpec();
  const experiments = usePage((page) => page.catalog?.experiments);
  const runs = usePage((page) => page.runs);
  const current = usePage((page) => page.record?.id);
  const trained = runs.filter((run) => run.step > 0 && run.id !== current).slice(0, MOST_RUNS);
  const choose = (act: () => void): void => {
    act();
    requestAnimationFrame(focusTrain);
  };
  return (
    <Menu width={340} returnFocus={false} onOpen={() => void session.refreshRuns()}>
      <Menu.Target>
        <UnstyledButton className="experiment" aria-label={`Experiment: ${name}`}>
          <span className="clip">{name}</span>
          <Icon name="down" size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="experiments">
        <Menu.Item onClick={() => newNetwork(workplace)}>
          <span className="option">
            New network
            <small>Begin without layers; data and settings stay.</small>
          </span>
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Start from</Menu.Label>
        {experiments?.map((experiment) => (
          <Menu.Item key={experiment.id} onClick={() => choose(() => session.startFrom(experiment.spec))}>
            <span className="option">
              {experiment.title}
              <small>{experiment.summary}</small>
            </span>
          </Menu.Item>
        ))}
        {trained.length > 0 ? (
          <>
            <Menu.Divider />
            <Menu.Label>Runs</Menu.Label>
            {trained.map((run) => (
              <Menu.Item key={run.id} onClick={() => choose(() => void session.openRun(run.id))}>
                <span className="option num">
                  <span className="clip">
                    Run {run.number} · {run.name}
                  </span>
                  <small>{runWords(run)}</small>
                </span>
              </Menu.Item>
            ))}
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

/** 'Completed · 460 steps · accuracy 97.8 %'. */
export function runWords(run: RunView): string {
  const accuracy = run.latest['val/accuracy'];
  const score = typeof accuracy === 'number' ? ` · accuracy ${(100 * accuracy).toFixed(1)} %` : '';
  return `${STATUS_WORDS[run.status]} · ${formatCount(run.step)} steps${score}`;
}
