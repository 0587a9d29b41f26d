/** "Use this data": the one edit that puts data of the user's own into the experiment. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useWorkplace } from '../../session/react';
import { choose } from '../choose/choosing';
import type { Wish } from '../choose/fitting';

interface UseButtonProps {
  /** As the page names it. */
  readonly title: string;
  readonly wish: Wish;
  /** True while the experiment trains on just these. */
  readonly isInUse: boolean;
  /** What is missing before they can be used; null where nothing is. */
  readonly lack: string | null;
}

export function UseButton({ title, wish, isInUse, lack }: UseButtonProps) {
  const workplace = useWorkplace();
  const [isBusy, setBusy] = useState(false);
  const use = async (): Promise<void> => {
    setBusy(true);
    await choose(workplace, title, wish);
    setBusy(false);
  };
  return (
    <div className="own-use">
      {isInUse ? (
        <p className="tag neutral">In use</p>
      ) : (
        <Button variant="filled" disabled={lack !== null} loading={isBusy} onClick={() => void use()}>
          Use this data
        </Button>
      )}
      {lack ? <p className="sm muted">{lack}</p> : null}
    </div>
  );
}
