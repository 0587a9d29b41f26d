/** A lesson that is on its way, or did not come: what is, and what can be done. */
import { Button } from '@mantine/core';
import { useLesson, useSession } from '../session/react';

const BARS = [60, 100, 92, 96, 40, 100, 100, 100];

/** Grey shapes of what will come. */
export function OnItsWay() {
  return (
    <div className="lesson-body" aria-busy="true" role="status" aria-label="The lesson is on its way">
      {BARS.map((width, at) => (
        <i key={at} className="lesson-bar" style={{ width: `${width}%` }} data-tall={at > 4 || undefined} />
      ))}
    </div>
  );
}

export function Missing({ id, problem }: { readonly id: string; readonly problem: string }) {
  const session = useSession();
  const list = useLesson((one) => one.list);
  const hasOwn = useLesson((one) => one.own !== null);
  return (
    <div className="lesson-body">
      <p role="alert">
        <b>The lesson did not come.</b> {problem}
      </p>
      <div className="row">
        <Button onClick={() => void session.lessons.open(id)}>Try again</Button>
        <Button onClick={() => void session.lessons.back()}>{hasOwn ? 'Back to my experiment' : 'Close'}</Button>
      </div>
      {list && list.length > 0 ? (
        <section aria-label="All lessons">
          <h3>These lessons are there</h3>
          <ul className="lesson-list">
            {list.map((one) => (
              <li key={one.id}>
                <Button variant="subtle" onClick={() => void session.lessons.open(one.id)}>
                  {one.title}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
