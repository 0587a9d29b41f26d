/** The settings: what takes effect now, and what starts a new run. */
import { ActionIcon, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../forms/Icon';
import { usePreferences, useWorkplace } from '../session/react';
import { DataCard } from './DataCard';
import { LiveFields } from './LiveFields';
import { MoreFields, useNumSet } from './MoreFields';
import { RestartFields } from './RestartFields';

interface RailProps {
  /** On a narrow screen the settings are a sheet that is opened. */
  readonly isOpen: boolean;
  onClose(): void;
}

export function Rail({ isOpen, onClose }: RailProps) {
  return (
    <aside className="rail" aria-label="Settings" data-open={isOpen || undefined}>
      <ActionIcon className="rail-close" aria-label="Close the settings" onClick={onClose}>
        <Icon name="close" />
      </ActionIcon>
      <DataCard />
      <Group kind="live" title="Live" note="takes effect at the next batch">
        <LiveFields />
      </Group>
      <Group kind="restarts" title="Restarts" note="starts a new run from step 0">
        <RestartFields />
      </Group>
      <More />
    </aside>
  );
}

interface GroupProps {
  readonly kind: 'live' | 'restarts';
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}

function Group({ kind, title, note, children }: GroupProps) {
  return (
    <section className="rail-group" aria-label={title}>
      <h2 className={`rail-head ${kind}`}>
        <Icon name={kind === 'live' ? 'live' : 'reset'} size={14} />
        {title}
        <small>{note}</small>
      </h2>
      {children}
    </section>
  );
}

function More() {
  const { preferences } = useWorkplace();
  const isOpen = usePreferences((one) => one.showsMore);
  const numSet = useNumSet();
  return (
    <section className="rail-group" aria-label="More settings">
      <UnstyledButton
        className="more"
        aria-expanded={isOpen}
        onClick={() => preferences.setState({ showsMore: !isOpen })}
      >
        <Icon name={isOpen ? 'down' : 'right'} size={14} />
        More settings
        <span className="grow" />
        {numSet > 0 ? <small>{numSet} set</small> : null}
      </UnstyledButton>
      {isOpen ? <MoreFields /> : null}
    </section>
  );
}
