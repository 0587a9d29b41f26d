/** "Use this data": the one edit that puts data of the user's own into the experiment. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DatasetPreview, RunSpec } from '../../generated/schemas';
import { useSession, useSpec } from '../../session/react';
import { withAnswer, withDataset } from '../edits';

export interface Wish {
  readonly dataset: string;
  readonly params: RunSpec['data']['params'];
}

interface UseButtonProps {
  readonly wish: Wish;
  /** True while the experiment trains on just these. */
  readonly isInUse: boolean;
  /** What is missing before they can be used; null where nothing is. */
  readonly lack: string | null;
}

/** The experiment with these data, with an answer as they ask for. */
function withWish(spec: RunSpec, { dataset, params }: Wish, { data }: DatasetPreview): RunSpec {
  const moved = withDataset(spec, dataset);
  return withAnswer({ ...moved, data: { ...moved.data, params } }, data);
}

export function UseButton({ wish, isInUse, lack }: UseButtonProps) {
  const session = useSession();
  const spec = useSpec();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const use = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const found = await session.look(withWishOnly(spec, wish));
      session.edit((now) => withWish(now, wish, found));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="own-use">
      <Button disabled={isInUse || lack !== null || isBusy} onClick={() => void use()}>
        {isInUse ? 'In use' : 'Use this data'}
      </Button>
      {lack || problem ? (
        <p className="sm" role={problem ? 'alert' : undefined}>
          {problem ?? lack}
        </p>
      ) : null}
    </div>
  );
}

const withWishOnly = (spec: RunSpec, { dataset, params }: Wish): RunSpec['data'] => ({
  ...withDataset(spec, dataset).data,
  params,
});
