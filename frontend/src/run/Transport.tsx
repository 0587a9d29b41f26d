/** Train, step, stop, reset, speed; the counters; the line of the run; and how it stands. */
import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../forms/Icon';
import { useLesson, usePage, useRecord, useSession, useSpecPart } from '../session/react';
import { Counters } from './Counters';
import { Past } from './Past';
import { isUnderWay, SPEEDS, speedWord, statusWord } from './status';
import { Timeline } from './Timeline';

export function Transport({ onSettings }: { onSettings(): void }) {
  const session = useSession();
  const record = usePage((page) => page.record);
  const isConnected = usePage((page) => page.connection.state === 'connected');
  const hasErrors = usePage((page) => page.check?.ok === false);
  const status = useRecord(record, (one) => one?.progress.status);
  const step = useRecord(record, (one) => (one?.progress.step ?? 0) > 0);
  const isPast = usePage((page) => page.viewStep !== null);
  const isLesson = useLesson((one) => one.open !== null);
  const isRunning = status === 'running';
  const isOff = !isConnected || (hasErrors && !isUnderWay(status));
  return (
    <section className="transport" aria-label="Transport">
      <Tooltip
        label={hasErrors ? 'The network has an error to mend first' : hint(isRunning ? 'Pause' : 'Train', 'Space')}
      >
        <Button
          size="md"
          // One filled button in a view: in a lesson that is the next thing to do there.
          variant={isLesson ? 'default' : 'filled'}
          className="train"
          disabled={isOff || (hasErrors && !isRunning)}
          leftSection={<Icon name={isRunning ? 'pause' : 'play'} />}
          onClick={() => void session.toggle()}
        >
          {isRunning ? 'Pause' : 'Train'}
        </Button>
      </Tooltip>
      <Tool label="One step" keys="." icon="step" isOff={isOff || hasErrors} onClick={() => void session.step(1)} />
      <Tool
        label="Stop"
        keys="s"
        icon="stop"
        isOff={!isConnected || !isUnderWay(status) || !step}
        onClick={() => void session.stop()}
      />
      <Tool
        label="Reset to step 0"
        keys="r"
        icon="reset"
        isOff={isOff || hasErrors || !step}
        onClick={() => void session.reset()}
      />
      <ActionIcon size="md" className="settings-button" aria-label="Settings" onClick={onSettings}>
        <Icon name="settings" />
      </ActionIcon>
      <Speed isOff={!isConnected} />
      <i className="separator" />
      <Counters record={record} />
      <i className="separator" />
      <Timeline record={record} />
      {isPast ? <Past record={record} /> : <Standing />}
    </section>
  );
}

const hint = (label: string, keys: string): ReactNode => (
  <span className="row">
    {label} <kbd>{keys}</kbd>
  </span>
);

interface ToolProps {
  readonly label: string;
  readonly keys: string;
  readonly icon: IconName;
  readonly isOff: boolean;
  onClick(): void;
}

function Tool({ label, keys, icon, isOff, onClick }: ToolProps) {
  return (
    <Tooltip label={hint(label, keys)}>
      <ActionIcon size="md" aria-label={label} disabled={isOff} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function Speed({ isOff }: { readonly isOff: boolean }) {
  const session = useSession();
  const speed = useSpecPart('training').max_steps_per_second;
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="md"
          variant="subtle"
          className="speed"
          disabled={isOff}
          aria-label={`Speed: ${speedWord(speed)}`}
          rightSection={<Icon name="down" size={13} />}
        >
          {speedWord(speed)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {SPEEDS.map((one) => (
          <Menu.Item
            key={String(one)}
            role="menuitemradio"
            aria-checked={(speed ?? null) === one}
            rightSection={(speed ?? null) === one ? <Icon name="check" size={13} /> : null}
            onClick={() => session.setSpeed(one)}
          >
            {speedWord(one)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** How the run stands, in one word with its dot. */
function Standing() {
  const record = usePage((page) => page.record);
  const isConnected = usePage((page) => page.connection.state === 'connected');
  const word = useRecord(record, (one) => statusWord(one?.progress));
  const status = useRecord(record, (one) => one?.progress.status);
  return (
    <span className="standing" data-status={isConnected ? status : 'lost'}>
      <i className="dot" />
      {isConnected ? word : 'Not live'}
    </span>
  );
}
