/** Why something was found: the numbers, the likely cause, the formula and its source, and every remedy. */
import { Button, Popover } from '@mantine/core';
import { Formula } from '../editor/Formula';
import { Icon } from '../forms/Icon';
import type { Diagnosis, Remedy } from '../generated/schemas';
import { useLesson, usePage, useRecord, useSession } from '../session/react';
import { wayOf } from '../session/remedies';
import { lessonFor } from '../stores/lesson';
import type { RunRecord } from '../stores/record';

export function Why({ diagnosis, record }: { readonly diagnosis: Diagnosis; readonly record: RunRecord }) {
  const kinds = usePage((page) => page.catalog?.kinds);
  const kind = kinds?.find((one) => one.family === 'diagnosis' && one.kind === diagnosis.kind);
  const lesson = useLesson(({ list, open }) => {
    const found = lessonFor(list, diagnosis.kind);
    return found?.id === open ? undefined : found;
  });
  return (
    <Popover width={440} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="subtle" className="strip-quiet">
          Why?
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <section className="why" aria-label={`Why: ${diagnosis.title}`}>
          <h2>{kind?.title ?? diagnosis.title}</h2>
          <p>{kind?.help}</p>
          <h3>Measured</h3>
          <p>{diagnosis.text}</p>
          <h3>Likely cause</h3>
          <p>{diagnosis.cause}</p>
          {kind?.formula ? <Formula tex={kind.formula} /> : null}
          {kind ? <p className="sm why-source">{kind.source}</p> : null}
          {diagnosis.remedies.length > 0 || lesson ? (
            <footer>
              {diagnosis.remedies.map((remedy) => (
                <RemedyButton key={remedy.label} remedy={remedy} record={record} />
              ))}
              {lesson ? <OpenLesson id={lesson.id} title={lesson.title} /> : null}
            </footer>
          ) : null}
        </section>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The way to the lesson that explains it. */
function OpenLesson({ id, title }: { readonly id: string; readonly title: string }) {
  const session = useSession();
  return (
    <Button
      leftSection={<Icon name="book" />}
      aria-label={`Open the lesson: ${title}`}
      title={title}
      onClick={() => void session.lessons.open(id)}
    >
      Open the lesson
    </Button>
  );
}

/** One click that does it. The tag says what it costs: nothing, or a new run. */
export function RemedyButton({ remedy, record }: { readonly remedy: Remedy; readonly record: RunRecord }) {
  const session = useSession();
  const isBusy = usePage((page) => page.isBusy);
  const way = useRecord(record, (one) => wayOf(remedy, one));
  return (
    <Button disabled={isBusy} onClick={() => void session.applyRemedy(remedy)}>
      {remedy.label} <span className={`tag ${way === 'live' ? 'live' : 'restarts'}`}>{way}</span>
    </Button>
  );
}
