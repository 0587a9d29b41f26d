/** The keys of the page, and the switch that turns the single ones off. */
import { ActionIcon, Switch } from '@mantine/core';
import { Icon } from '../forms/Icon';
import { usePreferences, useWorkplace } from '../session/react';
import { Dialog } from './Dialog';
import { KEY_ROWS } from './keys';

export function KeyTable({ isOpen, onClose }: { readonly isOpen: boolean; onClose(): void }) {
  const { preferences } = useWorkplace();
  const singleKeys = usePreferences((one) => one.singleKeys);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} label="Keys" className="key-table">
      <header>
        <h2>Keys</h2>
        <ActionIcon aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </header>
      <dl>
        {KEY_ROWS.map((row) => (
          <div key={row.does}>
            <dt>
              {row.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{row.does}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <Switch
          label="Keys that are a single letter"
          checked={singleKeys}
          onChange={(event) => preferences.setState({ singleKeys: event.currentTarget.checked })}
        />
      </footer>
    </Dialog>
  );
}
