/** The answers to choose from: by pointer, by arrow keys, and by their letters. */
import { useEffect } from 'react';
import { Icon } from '../forms/Icon';
import type { Lesson } from '../generated/schemas';
import { useLesson, useSession } from '../session/react';
import { letterOf, useLetters } from './useLetters';
import { Words } from './Words';

export function Choices({ lesson }: { readonly lesson: Lesson }) {
  const session = useSession();
  const stage = useLesson((one) => one.stage);
  const prediction = useLesson((one) => one.prediction);
  const isOpen = stage === 'predict';
  useLetters(isOpen ? lesson.choices.length : 0, (choice) => {
    session.lessons.predict(choice);
    radios()[choice]?.focus({ preventScroll: true });
  });
  useFocusOnOpen(lesson.id, isOpen && prediction === null);
  return (
    <fieldset className="lesson-choices" disabled={!isOpen}>
      <legend className="hidden-text">Your prediction</legend>
      {lesson.choices.map((text, at) => {
        const isRight = stage === 'explain' && at === lesson.right;
        return (
          <label
            key={text}
            className="lesson-choice"
            data-mine={at === prediction || undefined}
            data-right={isRight || undefined}
          >
            <input
              type="radio"
              className="hidden-text"
              name={`lesson-${lesson.id}`}
              checked={at === prediction}
              onChange={() => session.lessons.predict(at)}
            />
            <b aria-hidden="true">{letterOf(at)}</b>
            <span>
              <Words text={text} />
            </span>
            <Said isMine={at === prediction} isRight={isRight} />
          </label>
        );
      })}
    </fieldset>
  );
}

const radios = (): NodeListOf<HTMLElement> => document.querySelectorAll('.lesson-choices input');

/** What is said of a choice, in words: never by colour alone. */
function Said({ isMine, isRight }: { readonly isMine: boolean; readonly isRight: boolean }) {
  if (isRight) {
    return (
      <small className="right">
        <Icon name="check" size={13} /> {isMine ? 'as you predicted' : 'so it is'}
      </small>
    );
  }
  return isMine ? <small>your prediction</small> : null;
}

/** The first answer takes the focus when a lesson opens, so that the arrow keys choose at once. */
function useFocusOnOpen(lesson: string, isDue: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each lesson, not when a choice is taken
  useEffect(() => {
    if (isDue) radios()[0]?.focus({ preventScroll: true });
  }, [lesson]);
}
