/** Opens the search for a layer, at the usual place. */
import { Button, Tooltip } from '@mantine/core';
import { Icon } from '../forms/Icon';
import { useWorkplace } from '../session/react';
import { askForLayer, usualPlace } from './actions';

export function AddButton() {
  const workplace = useWorkplace();
  return (
    <Tooltip
      openDelay={500}
      label={
        <span className="row">
          Add a layer <kbd>n</kbd>
        </span>
      }
    >
      <Button
        className="add-button"
        variant="subtle"
        aria-label="Add a layer"
        leftSection={<Icon name="plus" size={13} />}
        onClick={() => askForLayer(workplace, usualPlace(workplace))}
      >
        Layer
      </Button>
    </Tooltip>
  );
}
