/** In the place of the panels until something was predicted: what they show at step 0 would give the answer away. */
import { useEffect } from 'react';
import { useLesson, useSession } from '../session/react';

export function Cover() {
  const session = useSession();
  const hasPredicted = useLesson((one) => one.prediction !== null);
  // What cannot be seen is not measured.
  useEffect(() => session.watch([]), [session]);
  return (
    <section className="stage lesson-cover" aria-label="Panels">
      <div>
        <p>
          <b>{hasPredicted ? 'Now train it.' : 'Predict first.'}</b>{' '}
          {hasPredicted
            ? 'The panels show whether it happens as you think.'
            : 'Choose an answer at the left; the panels come when it trains.'}
        </p>
      </div>
    </section>
  );
}
