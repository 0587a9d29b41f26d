/** The data, in place of network and panels: choose a set, bring one's own, look at samples, prepare them. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { type ComponentType, type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Icon } from '../forms/Icon';
import { usePage, useWorkplace } from '../session/react';
import type { DataPage } from '../stores/page';
import './data.css';
import { ChoosePage } from './choose/ChoosePage';
import { LookPage } from './look/LookPage';
import { OwnPage } from './own/OwnPage';
import { useDrop } from './own/useDrop';
import { PreparePage } from './prepare/PreparePage';

interface Tab {
  readonly id: DataPage;
  readonly label: string;
  readonly Page: ComponentType;
}

const TABS: readonly Tab[] = [
  { id: 'choose', label: 'Choose', Page: ChoosePage },
  { id: 'own', label: 'Your own', Page: OwnPage },
  { id: 'look', label: 'Samples', Page: LookPage },
  { id: 'prepare', label: 'Prepare', Page: PreparePage },
];

interface DataRoomProps {
  /** What the page has to say at this moment. */
  readonly notice: ReactNode;
}

/** Where nothing else took the focus, it goes to the button that opens the view again. */
function focusTheWayBack(): void {
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>('[data-opens="data"]')?.focus({ preventScroll: true });
}

export function DataRoom({ notice }: DataRoomProps) {
  const { page } = useWorkplace();
  const shown = usePage((one) => one.dataPage);
  const tab = TABS.find((one) => one.id === shown) ?? TABS[0];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    return () => void requestAnimationFrame(focusTheWayBack);
  }, []);
  const close = (): void => page.setState({ dataPage: null });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    close();
  };
  const drop = useDrop();
  const Shown = (tab as Tab).Page;
  return (
    <section className="dataview" aria-label="Data view" onKeyDown={onKeyDown} {...drop.handlers}>
      {drop.isOver ? <div className="own-over">Drop it to bring it here</div> : null}
      <header className="dataview-head">
        <h2 ref={heading} tabIndex={-1}>
          Data
        </h2>
        <nav aria-label="Pages of the data view">
          {TABS.map(({ id, label }) => (
            <button
              type="button"
              key={id}
              aria-current={id === tab?.id ? 'page' : undefined}
              onClick={() => page.setState({ dataPage: id })}
            >
              {label}
            </button>
          ))}
        </nav>
        <span className="grow" />
        <Tooltip label="Back to the network (Esc)">
          <ActionIcon aria-label="Close the data view" onClick={close}>
            <Icon name="close" />
          </ActionIcon>
        </Tooltip>
      </header>
      {notice}
      <div className="dataview-body">
        <Shown />
      </div>
    </section>
  );
}
