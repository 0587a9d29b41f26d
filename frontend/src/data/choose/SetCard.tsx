/** One set of the gallery: a picture of real samples, its name, how much of what. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { formatBytes, formatCount } from '../../draw';
import { Icon } from '../../forms/Icon';
import type { DatasetPreview, Original } from '../../generated/schemas';
import { SetPicture, useLook } from './SetPicture';
import { type Choosable, nounOf, numSamples } from './sets';

interface SetCardProps {
  readonly one: Choosable;
  /** The state of its original files, where it needs some. */
  readonly original: Original | undefined;
  /** False until the server has told which files there are. */
  readonly isKnown: boolean;
  readonly isChosen: boolean;
  readonly isLookedAt: boolean;
  readonly isBusy: boolean;
  readonly describedBy: string;
  onPress(): void;
  onPoint(): void;
  onDelete?(): void;
}

export function SetCard(props: SetCardProps) {
  const { one, original, isChosen } = props;
  const element = useRef<HTMLElement>(null);
  // The one in use is in sight when the gallery opens.
  const isChosenAtFirst = useRef(isChosen);
  useEffect(() => {
    if (isChosenAtFirst.current && props.isKnown) element.current?.scrollIntoView({ block: 'nearest' });
  }, [props.isKnown]);
  const isHere = !original || original.status === 'ready';
  const { preview, problem } = useLook(one, element, isHere && props.isKnown);
  return (
    <article className="set" ref={element} data-looked={props.isLookedAt || undefined}>
      <button
        type="button"
        aria-pressed={isChosen}
        aria-busy={props.isBusy}
        aria-describedby={props.describedBy}
        data-dataset={one.key}
        onClick={props.onPress}
        onPointerEnter={props.onPoint}
        onFocus={props.onPoint}
      >
        <span className="set-picture">
          {isHere && !problem ? <SetPicture preview={preview} /> : <Absent original={original} problem={problem} />}
        </span>
        <span className="set-title clip">{one.title}</span>
        <span className="set-meta clip num">
          {metaText(one, preview, original) || (original ? formatBytes(original.size) : ' ')}
        </span>
      </button>
      {isChosen ? <Icon name="check" size={13} /> : null}
      {props.onDelete ? <Delete {...props} /> : null}
    </article>
  );
}

const STATES = { missing: 'Not fetched yet', fetching: 'Being fetched', failed: 'Fetching failed', ready: '' } as const;

function Absent({ original, problem }: Pick<SetCardProps, 'original'> & { readonly problem: string | null }) {
  const words = (original && STATES[original.status]) || problem || '';
  return (
    <span className="set-absent">
      <Icon name={original && original.status !== 'failed' ? 'download' : 'warning'} />
      <span>{words}</span>
      {original?.status === 'fetching' ? <progress value={original.received} max={original.size || 1} /> : null}
    </span>
  );
}

function Delete({ one, isChosen, onDelete }: SetCardProps) {
  const label = isChosen ? `${one.title} is in use here. Choose another set first.` : `Delete ${one.title}`;
  return (
    <Tooltip label={label}>
      <ActionIcon
        className="set-delete"
        size="xs"
        aria-label={label}
        aria-disabled={isChosen}
        onClick={() => !isChosen && onDelete?.()}
      >
        <Icon name="trash" size={13} />
      </ActionIcon>
    </Tooltip>
  );
}

/** `1 797 images · 10 classes`. */
function metaText(one: Choosable, preview: DatasetPreview | null, original: Original | undefined): string {
  const count = numSamples(one, preview, original);
  const size = count === null ? '' : `${formatCount(count)} ${nounOf(one.kind)}`;
  return [size, taskText(preview)].filter(Boolean).join(' · ');
}

function taskText(preview: DatasetPreview | null): string {
  if (!preview) return '';
  const { task, class_names, output_shape } = preview.data;
  if (task === 'regression') return 'regression';
  return `${formatCount(class_names.length)} ${output_shape.length > 1 ? 'tokens' : 'classes'}`;
}
