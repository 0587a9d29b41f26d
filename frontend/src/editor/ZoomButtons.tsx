/** Smaller, larger, and all in sight: a line at the foot of a network that is larger than its place. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from '../forms/Icon';

interface ZoomButtonsProps {
  readonly isNeeded: boolean;
  onZoom(factor: number): void;
  onFit(): void;
}

const STEP = 1.25;

export function ZoomButtons({ isNeeded, onZoom, onFit }: ZoomButtonsProps) {
  if (!isNeeded) return null;
  return (
    <div className="zoom-buttons" role="toolbar" aria-label="Size of the network">
      <One label="Smaller" icon="minus" onClick={() => onZoom(1 / STEP)} />
      <One label="Larger" icon="plus" onClick={() => onZoom(STEP)} />
      <One label="All in sight" keys="f" icon="fit" onClick={onFit} />
    </div>
  );
}

function One(props: { readonly label: string; readonly keys?: string; readonly icon: IconName; onClick(): void }) {
  const { label, keys, icon, onClick } = props;
  const words = (
    <span className="row">
      {label} {keys ? <kbd>{keys}</kbd> : null}
    </span>
  );
  return (
    <Tooltip label={words} openDelay={500}>
      <ActionIcon size="xs" aria-label={label} onClick={onClick}>
        <Icon name={icon} size={14} />
      </ActionIcon>
    </Tooltip>
  );
}
