/** A network without layers: what it is, and the search for the first one. */
import { AddLayer } from './AddLayer';

const FIRST = { kind: 'end' } as const;

export function EmptyNetwork() {
  return (
    <div className="empty-network">
      <p>
        <b>No layers yet.</b> Add the first one.
      </p>
      <AddLayer place={FIRST} isInline />
    </div>
  );
}
