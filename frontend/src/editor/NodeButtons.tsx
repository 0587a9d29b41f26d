/** What can be done with an open layer, block, or selection: move, duplicate, delete. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from '../forms/Icon';
import { useWorkplace } from '../session/react';
import { deleteChosen, duplicateChosen, moveChosen } from './actions';

interface Tool {
  readonly label: string;
  readonly keys: string;
  readonly icon: IconName;
  act(): void;
}

/** @param id The node that they are about; it is what is selected. */
export function NodeButtons({ id }: { readonly id: string }) {
  const workplace = useWorkplace();
  const tools: Tool[] = [
    { label: 'Move up', keys: 'Alt ↑', icon: 'up', act: () => moveChosen(workplace, 'up') },
    { label: 'Move down', keys: 'Alt ↓', icon: 'down', act: () => moveChosen(workplace, 'down') },
    { label: 'Duplicate', keys: 'Ctrl D', icon: 'copy', act: () => duplicateChosen(workplace) },
    { label: 'Delete', keys: 'Del', icon: 'trash', act: () => deleteChosen(workplace) },
  ];
  return (
    <div className="node-buttons" role="toolbar" aria-label={`Edit ${id}`}>
      {tools.map(({ label, keys, icon, act }) => (
        <Tooltip
          key={label}
          openDelay={500}
          label={
            <span className="row">
              {label} <kbd>{keys}</kbd>
            </span>
          }
        >
          <ActionIcon size="sm" aria-label={`${label} ${id}`} onClick={act}>
            <Icon name={icon} size={14} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
