/** The column of a lesson, in the place of the settings: predict, run, explain. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon } from '../forms/Icon';
import type { Lesson } from '../generated/schemas';
import { useLesson, useSession } from '../session/react';
import type { LessonStage } from '../stores/lesson';
import { Choices } from './Choices';
import { Explanation } from './Explanation';
import { Foot } from './Foot';
import { Missing, OnItsWay } from './Missing';
import { Notice } from './Notice';
import { Paragraph, Words } from './Words';
import './lessons.css';

interface LessonColumnProps {
  /** On a narrow screen the lesson is a sheet that is opened. */
  readonly isOpen: boolean;
}

export function LessonColumn({ isOpen }: LessonColumnProps) {
  const id = useLesson((one) => one.open);
  const lesson = useLesson((one) => one.lesson);
  const problem = useLesson((one) => one.problem);
  if (id === null) return null;
  return (
    <aside className="lesson" aria-label="Lesson" data-open={isOpen || undefined} data-lesson={id}>
      <Head id={id} />
      {problem ? <Missing id={id} problem={problem} /> : lesson ? <Open key={id} lesson={lesson} /> : <OnItsWay />}
    </aside>
  );
}

/** Where the lesson stands among the others, the ways to its neighbours, and the way out. */
function Head({ id }: { readonly id: string }) {
  const session = useSession();
  const list = useLesson((one) => one.list);
  const hasOwn = useLesson((one) => one.own !== null);
  const at = list?.findIndex((one) => one.id === id) ?? -1;
  const [before, after] = [list?.[at - 1], at < 0 ? undefined : list?.[at + 1]];
  const way = (to: typeof before, label: string, icon: 'left' | 'right') => (
    <Tooltip label={to ? to.title : label} disabled={!to}>
      <ActionIcon size="xs" aria-label={label} disabled={!to} onClick={() => to && void session.lessons.open(to.id)}>
        <Icon name={icon} size={14} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <header className="lesson-head">
      <Icon name="book" size={14} />
      <p className="grow clip num">
        {list && at >= 0 ? `${list[at]?.chapter} · lesson ${at + 1} of ${list.length}` : 'Lesson'}
      </p>
      {way(before, 'Previous lesson', 'left')}
      {way(after, 'Next lesson', 'right')}
      <Tooltip label={hasOwn ? 'Close, and back to my experiment' : 'Close the lesson'}>
        <ActionIcon
          size="xs"
          aria-label={hasOwn ? 'Back to my experiment' : 'Close the lesson'}
          onClick={() => void session.lessons.back()}
        >
          <Icon name="close" size={14} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function Open({ lesson }: { readonly lesson: Lesson }) {
  const stage = useLesson((one) => one.stage);
  return (
    <>
      <div className="lesson-body">
        <h2>{lesson.title}</h2>
        <Stages stage={stage} />
        <Paragraph text={lesson.setup} />
        <p className="lesson-question">
          <Words text={lesson.question} />
        </p>
        <Choices lesson={lesson} />
        {stage === 'predict' ? null : <Notice lesson={lesson} />}
        {stage === 'explain' ? <Explanation lesson={lesson} /> : null}
      </div>
      <Foot lesson={lesson} />
    </>
  );
}

const STAGES: readonly (readonly [LessonStage, string])[] = [
  ['predict', 'Predict'],
  ['run', 'Run'],
  ['explain', 'Explain'],
];

function Stages({ stage }: { readonly stage: LessonStage }) {
  const now = STAGES.findIndex(([name]) => name === stage);
  return (
    <ol className="lesson-stages" aria-label="Stages">
      {STAGES.map(([name, word], at) => (
        <li
          key={name}
          data-state={at < now ? 'done' : at === now ? 'now' : 'later'}
          aria-current={at === now ? 'step' : undefined}
        >
          {at + 1} {word}
        </li>
      ))}
    </ol>
  );
}
