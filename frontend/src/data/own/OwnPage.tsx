/** The user's own data: files and painted points at the left, what is in the chosen one at the right. */
import { useEffect } from 'react';
import { useDataFiles, useOwnData, useSession, useSpecPart } from '../../session/react';
import { allUploads } from '../../stores/datasets';
import { DropZone } from './DropZone';
import { PAINTED } from './paint/edits';
import { PaintPage } from './paint/PaintPage';
import { Transfers } from './Transfers';
import { UploadPage } from './UploadPage';
import { Uploads } from './Uploads';
import './own.css';

export function OwnPage() {
  const session = useSession();
  const shown = useShown();
  const upload = useDataFiles((files) => files.uploads?.find(({ id }) => id === shown));
  const problem = useDataFiles((files) => files.problem);
  useEffect(() => void session.datasets.refresh(), [session]);
  const show = (id: string): void => session.uploading.store.setState({ shown: id });
  return (
    <div className="own">
      <div className="own-list">
        <DropZone />
        <Transfers />
        {problem ? (
          <p className="sm" role="alert">
            Files could not be listed. {problem}
          </p>
        ) : null}
        <Uploads shown={shown} onShow={show} />
      </div>
      <div className="own-shown">
        {shown === PAINTED || !upload ? <PaintPage /> : <UploadPage key={upload.id} upload={upload} />}
      </div>
    </div>
  );
}

/** What was chosen, else what the experiment trains on, else the plane. */
function useShown(): string {
  const data = useSpecPart('data');
  const chosen = useOwnData((own) => own.shown);
  const inUse = typeof data.params.upload === 'string' ? data.params.upload : null;
  const isThere = useDataFiles((files) => allUploads(files).some(({ id }) => id === (chosen ?? inUse)));
  if (chosen === PAINTED) return PAINTED;
  return isThere ? (chosen ?? inUse ?? PAINTED) : PAINTED;
}
