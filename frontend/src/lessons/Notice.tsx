/** What to notice while it runs: each has a number, which its panel wears too. */
import { Button, UnstyledButton } from '@mantine/core';
import { formatCount } from '../draw';
import type { Lesson, LessonMark } from '../generated/schemas';
import { useLesson, usePage, useRecord, useSession } from '../session/react';
import { Words } from './Words';

export function Notice({ lesson }: { readonly lesson: Lesson }) {
  return (
    <section aria-label="What to notice">
      <ol className="lesson-notice">
        {lesson.notice.map((mark, at) => (
          <Mark key={mark.text} mark={mark} at={at} />
        ))}
      </ol>
    </section>
  );
}

function Mark({ mark, at }: { readonly mark: LessonMark; readonly at: number }) {
  const session = useSession();
  const isActive = useLesson((one) => one.mark === at);
  const point = (): void => session.lessons.point(at);
  return (
    <li onPointerEnter={point}>
      <UnstyledButton className="lesson-mark" aria-pressed={isActive} onClick={point} onFocus={point}>
        <span className="mark" data-active={isActive || undefined} aria-hidden="true">
          {at + 1}
        </span>
        <span>
          <Words text={mark.text} />
        </span>
      </UnstyledButton>
      {mark.step !== null && isActive ? <ToStep step={mark.step} /> : null}
    </li>
  );
}

/** The way to the step that shows it, and back to the newest. */
function ToStep({ step }: { readonly step: number }) {
  const session = useSession();
  const record = usePage((page) => page.record);
  const isThere = useRecord(record, (one) => one?.progress.step === step);
  const isShown = usePage((page) => page.viewStep === step);
  if (isThere && !isShown) return null;
  return (
    <Button
      size="xs"
      className="lesson-to-step num"
      onClick={() => (isShown ? session.goLive() : session.travel.goTo(step))}
    >
      {isShown ? 'Back to the newest step' : `Show step ${formatCount(step)}`}
    </Button>
  );
}
