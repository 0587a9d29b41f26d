/** What to notice while it runs: each has a number, which its panel wears too. */
import { UnstyledButton } from '@mantine/core';
import type { Lesson } from '../generated/schemas';
import { useLesson, useSession } from '../session/react';
import { Words } from './Words';

export function Notice({ lesson }: { readonly lesson: Lesson }) {
  const session = useSession();
  const mark = useLesson((one) => one.mark);
  return (
    <section aria-label="What to notice">
      <ol className="lesson-notice">
        {lesson.notice.map(({ text }, at) => (
          <li key={text}>
            <UnstyledButton
              className="lesson-mark"
              aria-pressed={at === mark}
              onClick={() => session.lessons.point(at)}
              onPointerEnter={() => session.lessons.point(at)}
              onFocus={() => session.lessons.point(at)}
            >
              <span className="mark" data-active={at === mark || undefined} aria-hidden="true">
                {at + 1}
              </span>
              <span>
                <Words text={text} />
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ol>
    </section>
  );
}
