/** Which experiment this is, undo and redo, commands, connection, share, theme. */
import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { formatCount } from '../draw';
import { Icon } from '../forms/Icon';
import { STATUS_WORDS } from '../run/status';
import { useHistory, usePage, usePreferences, useRecord, useSession, useWorkplace } from '../session/react';
import type { ThemeChoice } from '../stores/preferences';
import { Connection } from './Connection';
import { ExperimentMenu } from './ExperimentMenu';
import { Logo } from './Logo';
import { PanelsButton } from './PanelsButton';
import { shareLink } from './share';

export function AppBar({ onPalette }: { onPalette(): void }) {
  const isLost = usePage((page) => page.connection.state === 'lost');
  return (
    <header className="appbar" data-lost={isLost || undefined}>
      <div className="brand">
        <Logo />
        <h1>Layerlab</h1>
      </div>
      <i className="separator" />
      <ExperimentMenu />
      <RunWord />
      <Connection.Lost />
      <Edits />
      <Button variant="subtle" aria-label="Commands, Ctrl K" onClick={onPalette} leftSection={<Icon name="search" />}>
        <kbd>Ctrl K</kbd>
      </Button>
      <PanelsButton />
      <i className="separator" />
      <Connection.Word />
      <i className="separator" />
      <Share />
      <Present />
      <ThemeMenu />
    </header>
  );
}

/** Undo and redo. */
function Edits() {
  const session = useSession();
  const { canUndo, canRedo } = useHistory();
  return (
    <>
      <Tool label="Undo" keys="Ctrl Z" isOff={!canUndo} onClick={() => session.undo()} icon={<Icon name="undo" />} />
      <Tool
        label="Redo"
        keys="Ctrl Shift Z"
        isOff={!canRedo}
        onClick={() => session.redo()}
        icon={<Icon name="redo" />}
      />
    </>
  );
}

interface ToolProps {
  readonly label: string;
  readonly keys: string;
  readonly isOff: boolean;
  readonly isPressed?: boolean;
  readonly icon: ReactNode;
  onClick(): void;
}

function Tool({ label, keys, isOff, isPressed, icon, onClick }: ToolProps) {
  return (
    <Tooltip
      label={
        <span className="row">
          {label} <kbd>{keys}</kbd>
        </span>
      }
    >
      <ActionIcon aria-label={label} aria-pressed={isPressed} disabled={isOff} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** 'Run 14 · paused': its number and, unless it is live, how it stands. */
function RunWord() {
  const record = usePage((page) => page.record);
  const number = useRecord(record, (one) => one?.view?.number);
  const status = useRecord(record, (one) => one?.progress.status);
  const forkedAt = useRecord(record, (one) => one?.view?.forked_at);
  const parent = useRecord(record, (one) => one?.view?.parent_number);
  const isReady = useRecord(record, (one) => one?.progress.step === 0);
  if (number === undefined || !status) return <span className="grow" />;
  const word =
    status === 'running' ? 'training' : isReady && status === 'paused' ? 'ready' : STATUS_WORDS[status].toLowerCase();
  const origin = forkedAt ? `forked ${parent ? `from run ${parent} ` : ''}at step ${formatCount(forkedAt)}` : null;
  return (
    <span className="run-word clip grow num">
      Run {number} · {origin ?? word}
    </span>
  );
}

function Share() {
  const { draft, page, preferences } = useWorkplace();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const { arrangement, pointsArrangement, showsPoints } = preferences.getState();
    const { isPresenting } = page.getState();
    const { spec } = draft.getState();
    if (!spec) return;
    const link = shareLink(spec, { arrangement, pointsArrangement, showsPoints, isPresenting });
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      setTimeout(() => setCopied(false), 1600);
    } catch {
      // A page that is not served from this machine may not write to the clipboard.
      history.replaceState(null, '', new URL(link).hash);
      page.setState({
        notice: { severity: 'info', title: 'The link is in the address bar.', text: 'Copy it from there.' },
      });
    }
  };
  return (
    <Tooltip label="Copy a link that holds this experiment">
      <Button leftSection={<Icon name={isCopied ? 'check' : 'share'} />} className="share" onClick={() => void copy()}>
        {isCopied ? 'Copied' : 'Share'}
      </Button>
    </Tooltip>
  );
}

function Present() {
  const { page } = useWorkplace();
  const isPresenting = usePage((one) => one.isPresenting);
  const label = isPresenting ? 'Leave presenter mode' : 'Presenter mode';
  return (
    <Tool
      label={label}
      keys="p"
      isOff={false}
      isPressed={isPresenting}
      onClick={() => page.setState({ isPresenting: !isPresenting })}
      icon={<Icon name="screen" />}
    />
  );
}

const THEMES: readonly {
  readonly choice: ThemeChoice;
  readonly label: string;
  readonly icon: 'sun' | 'moon' | 'system';
}[] = [
  { choice: 'light', label: 'Light', icon: 'sun' },
  { choice: 'dark', label: 'Dark', icon: 'moon' },
  { choice: 'system', label: 'As the system', icon: 'system' },
];

function ThemeMenu() {
  const { preferences } = useWorkplace();
  const chosen = usePreferences((one) => one.theme);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label="Theme">
          <Icon name={THEMES.find((one) => one.choice === chosen)?.icon ?? 'system'} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map(({ choice, label, icon }) => (
          <Menu.Item
            key={choice}
            role="menuitemradio"
            aria-checked={choice === chosen}
            leftSection={<Icon name={icon} />}
            rightSection={choice === chosen ? <Icon name="check" size={13} /> : null}
            onClick={() => preferences.setState({ theme: choice })}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
