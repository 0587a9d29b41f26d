/** The next thing to do, as the one filled button of the view; and the way to make the experiment one's own. */
import { Button, Tooltip } from '@mantine/core';
import { Icon } from '../forms/Icon';
import type { Lesson } from '../generated/schemas';
import { useLesson, usePage, useRecord, useSession } from '../session/react';

export function Foot({ lesson }: { readonly lesson: Lesson }) {
  const session = useSession();
  return (
    <footer className="lesson-foot">
      <Next lesson={lesson} />
      <span className="grow" />
      <Tooltip label="Close the lesson and keep its experiment, to change it">
        <Button size="md" onClick={() => session.lessons.takeOver()}>
          Take it over
        </Button>
      </Tooltip>
    </footer>
  );
}

function Next({ lesson }: { readonly lesson: Lesson }) {
  const session = useSession();
  const stage = useLesson((one) => one.stage);
  const hasPredicted = useLesson((one) => one.prediction !== null);
  const isMended = useLesson((one) => one.isMended);
  const after = useLesson(({ list }) => list?.[list.findIndex((one) => one.id === lesson.id) + 1]);
  const isOff = useCannotTrain();
  if (stage === 'predict') {
    return (
      <Button
        size="md"
        variant="filled"
        disabled={!hasPredicted || isOff}
        leftSection={<Icon name="play" />}
        onClick={() => void session.train()}
      >
        Train and see
      </Button>
    );
  }
  if (stage === 'run') {
    return (
      <Button size="md" variant="filled" onClick={() => session.lessons.explain()}>
        Show the explanation
      </Button>
    );
  }
  if (lesson.remedy && !isMended) {
    return (
      <Button size="md" variant="filled" disabled={isOff} onClick={() => void session.lessons.mend()}>
        Try the remedy
      </Button>
    );
  }
  return after ? (
    <Button size="md" variant="filled" onClick={() => void session.lessons.open(after.id)}>
      Next lesson
    </Button>
  ) : (
    <Button size="md" variant="filled" onClick={() => void session.lessons.back()}>
      Finish
    </Button>
  );
}

/** While the run is being made, or nobody is there to train it. */
function useCannotTrain(): boolean {
  const record = usePage((page) => page.record);
  const isThere = useRecord(record, (one) => one?.progress !== undefined);
  const isConnected = usePage((page) => page.connection.state === 'connected');
  const isBusy = usePage((page) => page.isBusy);
  return !isConnected || isBusy || !isThere;
}
