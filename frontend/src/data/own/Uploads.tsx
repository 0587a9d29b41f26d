/** The list of what is there: painted points and the files that were taken. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { formatBytes, formatCounted } from '../../draw';
import { Icon, type IconName } from '../../forms/Icon';
import type { Upload } from '../../generated/schemas';
import { useDataFiles, useOwnData, useSession, useSpec, useSpecPart } from '../../session/react';
import { shownUploads } from '../../stores/datasets';
import { PAINTED, pointsOf } from './paint/edits';

interface UploadsProps {
  readonly shown: string;
  onShow(id: string): void;
}

const ICONS: Readonly<Record<string, IconName>> = {
  csv: 'table',
  image_folder: 'image',
  text_file: 'text',
  npz: 'data',
};

export function Uploads({ shown, onShow }: UploadsProps) {
  const session = useSession();
  const data = useSpecPart('data');
  const files = useDataFiles((one) => one);
  const uploads = shownUploads(files, [shown, data.params.upload]);
  const numPainted = useNumPainted();
  return (
    <ul className="own-uploads" aria-label="Your data">
      <Entry
        icon="brush"
        name="Painted points"
        summary={numPainted > 0 ? formatCounted(numPainted, 'point') : 'Paint them on the plane'}
        isShown={shown === PAINTED}
        isInUse={data.dataset === PAINTED}
        onShow={() => onShow(PAINTED)}
      />
      {uploads.map((upload) => (
        <Entry
          key={upload.id}
          icon={ICONS[upload.dataset] ?? 'data'}
          name={upload.name}
          summary={`${upload.summary} · ${formatBytes(upload.size)}`}
          isShown={shown === upload.id}
          isInUse={data.params.upload === upload.id}
          onShow={() => onShow(upload.id)}
          onDelete={() => session.datasets.remove(upload as Upload)}
        />
      ))}
      {files.uploads === null && !files.problem ? <li className="sm faint">Looking for your files …</li> : null}
    </ul>
  );
}

function useNumPainted(): number {
  const spec = useSpec();
  const sheet = useOwnData((own) => own.painting);
  return spec.data.dataset === PAINTED ? pointsOf(spec, sheet).length : (sheet?.length ?? 0);
}

interface EntryProps {
  readonly icon: IconName;
  readonly name: string;
  readonly summary: string;
  readonly isShown: boolean;
  readonly isInUse: boolean;
  onShow(): void;
  onDelete?(): void;
}

function Entry({ icon, name, summary, isShown, isInUse, onShow, onDelete }: EntryProps) {
  return (
    <li>
      <button type="button" className="own-entry" aria-current={isShown || undefined} onClick={onShow}>
        <Icon name={icon} size={15} />
        <span className="clip" title={name}>
          {name}
        </span>
        {isInUse ? <span className="tag neutral">in use</span> : null}
        <small className="clip num" title={summary}>
          {summary}
        </small>
      </button>
      {onDelete ? (
        <Tooltip label="Delete this file">
          <ActionIcon size="xs" aria-label={`Delete ${name}`} onClick={onDelete}>
            <Icon name="trash" size={13} />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </li>
  );
}
