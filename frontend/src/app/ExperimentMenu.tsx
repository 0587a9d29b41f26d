/** The name of the experiment, ready ones to start from by group, and the runs of this server. */
import { Menu, TextInput, UnstyledButton } from '@mantine/core';
import { Fragment, useState } from 'react';
import { formatCounted } from '../draw';
import { newNetwork } from '../editor/actions';
import { Icon } from '../forms/Icon';
import type { Experiment, LessonSummary, RunView } from '../generated/schemas';
import { STATUS_WORDS } from '../run/status';
import { useLesson, usePage, useSpecPart, useWorkplace } from '../session/react';

const MOST_RUNS = 8;
/** With so many experiments one can search in them. */
const SEARCH_FROM = 8;

/** After a choice the next thing to do is Train, so that Space trains and does not open the menu again. */
const focusTrain = (): void => document.querySelector<HTMLElement>('.transport button')?.focus();

export function ExperimentMenu() {
  const workplace = useWorkplace();
  const { session } = workplace;
  const name = useSpecPart('name');
  const experiments = usePage((page) => page.catalog?.experiments ?? NONE);
  const runs = usePage((page) => page.runs);
  const current = usePage((page) => page.record?.id);
  const trained = runs.filter((run) => run.step > 0 && run.id !== current).slice(0, MOST_RUNS);
  const [query, setQuery] = useState('');
  const lessons = useLesson((one) => one.list ?? NO_LESSONS);
  const found = matching(experiments, query);
  const taught = lessonsMatching(lessons, query);
  const choose = (act: () => void): void => {
    act();
    requestAnimationFrame(focusTrain);
  };
  return (
    <Menu
      width={360}
      returnFocus={false}
      onOpen={() => {
        setQuery('');
        void session.refreshRuns();
        void session.lessons.list();
      }}
    >
      <Menu.Target>
        <UnstyledButton className="experiment" aria-label={`Experiment: ${name}`}>
          <span className="clip">{name}</span>
          <Icon name="down" size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="experiments">
        {experiments.length >= SEARCH_FROM ? (
          <TextInput
            size="xs"
            className="experiments-search"
            placeholder="Search"
            aria-label="Search experiments"
            data-autofocus
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        ) : null}
        {query === '' ? (
          <Menu.Item onClick={() => newNetwork(workplace)}>
            <span className="option">
              New network
              <small>Begin without layers; data and settings stay.</small>
            </span>
          </Menu.Item>
        ) : null}
        {byGroup(found).map(([group, members]) => (
          <Fragment key={group}>
            <Menu.Label>{group}</Menu.Label>
            {members.map((experiment) => (
              <Menu.Item key={experiment.id} onClick={() => choose(() => session.startFrom(experiment.spec))}>
                <span className="option">
                  {experiment.title}
                  <small>{experiment.summary}</small>
                </span>
              </Menu.Item>
            ))}
          </Fragment>
        ))}
        {taught.length > 0 ? <Menu.Label>Lessons</Menu.Label> : null}
        {taught.map(({ id, title, chapter }) => (
          <Menu.Item key={id} onClick={() => void session.lessons.open(id)}>
            <span className="option">
              {title}
              <small>{chapter}: predict, run, explain.</small>
            </span>
          </Menu.Item>
        ))}
        {found.length + taught.length === 0 ? <Menu.Label>No experiment has these words</Menu.Label> : null}
        {trained.length > 0 && query === '' ? (
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

const NONE: readonly Experiment[] = [];
const NO_LESSONS: readonly LessonSummary[] = [];

export function lessonsMatching(lessons: readonly LessonSummary[], query: string): readonly LessonSummary[] {
  return lessons.filter(({ title, chapter }) => hasWords(`lesson ${title} ${chapter}`, query));
}

function hasWords(text: string, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => text.toLowerCase().includes(word));
}

/** The experiments that have all words of the query in their title, group or summary. */
export function matching(experiments: readonly Experiment[], query: string): readonly Experiment[] {
  return experiments.filter(({ title, group, summary }) => hasWords(`${title} ${group} ${summary}`, query));
}

/** Groups in the order in which they first come, each with its experiments. */
export function byGroup(experiments: readonly Experiment[]): readonly (readonly [string, readonly Experiment[]])[] {
  const names = [...new Set(experiments.map(({ group }) => group))];
  return names.map((name) => [name, experiments.filter(({ group }) => group === name)] as const);
}

/** 'Completed · 460 steps · accuracy 97.8 %'. */
export function runWords(run: RunView): string {
  const accuracy = run.latest['val/accuracy'];
  const score = typeof accuracy === 'number' ? ` · accuracy ${(100 * accuracy).toFixed(1)} %` : '';
  return `${STATUS_WORDS[run.status]} · ${formatCounted(run.step, 'step')}${score}`;
}
