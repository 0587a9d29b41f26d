/** The gallery of all sets, and beside it everything about the one in use. */
import { useEffect, useMemo, useState } from 'react';
import type { Kind, Upload } from '../../generated/schemas';
import { useDataFiles, usePage, useSession, useSpecPart } from '../../session/react';
import { shownUploads } from '../../stores/datasets';
import './choose.css';
import { ChosenSet } from './ChosenSet';
import { Gallery } from './Gallery';
import { LookedAt } from './LookedAt';
import { choosables, chosenIn } from './sets';

const NO_KINDS: readonly Kind[] = [];

export function ChoosePage() {
  const session = useSession();
  const data = useSpecPart('data');
  const kinds = usePage((page) => page.catalog?.kinds ?? NO_KINDS);
  const uploads = useDataFiles((files) => files.uploads);
  const putAway = useDataFiles((files) => files.putAway);
  const problem = useDataFiles((files) => files.problem);
  const [lookedKey, setLooked] = useState<string | null>(null);
  useEffect(() => void session.datasets.refresh(), [session]);
  const sets = useMemo(
    () => choosables(kinds, shownUploads({ uploads: uploads as readonly Upload[] | null, putAway })),
    [kinds, uploads, putAway],
  );
  const looked = sets.find(({ key }) => key === lookedKey);
  return (
    <div className="choose">
      <Gallery sets={sets} looked={lookedKey} onLook={setLooked} />
      <aside className="choose-beside" aria-label={looked?.title ?? 'The set in use'}>
        {problem ? (
          <p className="choose-problem">
            <b>Your files cannot be listed.</b> {problem}
          </p>
        ) : null}
        {looked ? <LookedAt one={looked} onClose={() => setLooked(null)} /> : <ChosenSet one={chosenIn(sets, data)} />}
      </aside>
    </div>
  );
}
