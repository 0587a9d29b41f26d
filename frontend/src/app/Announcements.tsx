/** Says changes of state to people who do not see the page. Never the step counter. */

import { statusWord } from '../run/status';
import { usePage, useRecord } from '../session/react';

export function Announcements() {
  const record = usePage((page) => page.record);
  const word = useRecord(record, (one) => statusWord(one?.progress));
  const reason = useRecord(record, (one) =>
    one?.progress.status === 'running' ? null : (one?.progress.reason ?? null),
  );
  const found = useRecord(record, (one) => one?.diagnoses.findLast((diagnosis) => !diagnosis.is_over)?.title ?? '');
  const confirmed = usePage((page) => Object.keys(page.confirmed).at(-1));
  return (
    <div className="hidden-text" role="status" aria-live="polite">
      {word}. {reason ?? ''} {found} {confirmed ? `${confirmed.split('.').at(-1)?.replaceAll('_', ' ')} changed.` : ''}
    </div>
  );
}
