/** A set that is looked at and not in use: mostly one whose original files must be fetched first. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../../forms/Icon';
import { useDataFiles, useSpec, useWorkplace } from '../../session/react';
import { choose, wishFor } from './choosing';
import { Facts } from './Facts';
import { OriginalFiles } from './OriginalFiles';
import type { Choosable } from './sets';

interface LookedAtProps {
  readonly one: Choosable;
  onClose(): void;
}

export function LookedAt({ one, onClose }: LookedAtProps) {
  const workplace = useWorkplace();
  const spec = useSpec();
  const [isBusy, setBusy] = useState(false);
  const original = useDataFiles((files) => files.originals.find(({ dataset }) => dataset === one.kind.kind));
  const isReady = !original || original.status === 'ready';
  const use = async (): Promise<void> => {
    setBusy(true);
    const isDone = await choose(workplace, one.title, wishFor(one, spec, undefined));
    setBusy(false);
    if (isDone) onClose();
  };
  return (
    <>
      <header className="chosen-head">
        <div className="row">
          <h3 className="grow">{one.title}</h3>
          <Tooltip label="Back to the set in use">
            <ActionIcon size="xs" aria-label="Back to the set in use" onClick={onClose}>
              <Icon name="close" size={13} />
            </ActionIcon>
          </Tooltip>
        </div>
        <p>{one.help}</p>
      </header>
      {original ? <OriginalFiles original={original} /> : null}
      {isReady ? (
        <Button variant="filled" loading={isBusy} onClick={() => void use()}>
          Use {one.title}
        </Button>
      ) : null}
      <Facts one={one} preview={null} />
    </>
  );
}
