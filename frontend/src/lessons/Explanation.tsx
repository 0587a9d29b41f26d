/** Why it is so, with its source, and what would mend the experiment. */
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Lesson } from '../generated/schemas';
import { useLesson, usePage, useSession } from '../session/react';
import { Paragraph } from './Words';

export function Explanation({ lesson }: { readonly lesson: Lesson }) {
  const place = useRef<HTMLElement>(null);
  const isStill = useRef(matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'start', behavior: isStill.current ? 'auto' : 'smooth' });
    place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section className="lesson-explanation" aria-label="Explanation" ref={place} tabIndex={-1}>
      <h3>Why it is so</h3>
      {lesson.explanation.map((text) => (
        <Paragraph key={text} text={text} />
      ))}
      {lesson.remedy ? <Remedy lesson={lesson} /> : null}
      <p className="sm faint">{lesson.source}</p>
    </section>
  );
}

function Remedy({ lesson }: { readonly lesson: Lesson }) {
  const session = useSession();
  const isMended = useLesson((one) => one.isMended);
  const isBusy = usePage((page) => page.isBusy);
  const { remedy } = lesson;
  if (!remedy) return null;
  return (
    <>
      <h3>
        The remedy: {remedy.label[0]?.toLowerCase()}
        {remedy.label.slice(1)}
      </h3>
      {isMended ? (
        <>
          <Paragraph text={remedy.text} />
          <Button className="lesson-unmend" disabled={isBusy} onClick={() => session.lessons.unmend()}>
            Back to the experiment <span className="tag restarts">restarts</span>
          </Button>
        </>
      ) : (
        <p className="muted">Try it: the curves of this run stay behind the new ones.</p>
      )}
    </>
  );
}
