/** In the bar: the list of all panels, to choose which are on the screen. */
import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../forms/Icon';
import { add, close, PanelList, whyNot } from '../panels';
import { usePage } from '../session/react';
import { useArrangement } from './useArrangement';

export function PanelsButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover width={380} opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          className="panels-button"
          aria-expanded={isOpen}
          leftSection={<Icon name="panels" />}
          onClick={() => setOpen(!isOpen)}
        >
          Panels
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="panel-list-dropdown">
        <List />
      </Popover.Dropdown>
    </Popover>
  );
}

function List() {
  const { kinds, arrangement, arrange } = useArrangement();
  const check = usePage((page) => page.check);

  const shown = new Set(arrangement.places.map((place) => place.id));
  return (
    <PanelList
      kinds={kinds}
      shown={shown}
      whyNot={(kind) => whyNot(kind.probe || kind.id, { check, record: null })?.text ?? null}
      toggle={(id) => arrange(shown.has(id) ? close(arrangement, id) : add(arrangement, id))}
      restore={() => arrange(null)}
    />
  );
}
