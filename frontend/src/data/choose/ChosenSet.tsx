/** Everything about the data in use: samples, facts, parameters, split, balance, statistics. All of it is measured. */
import { Skeleton } from '@mantine/core';
import type { DatasetPreview } from '../../generated/schemas';
import { usePage, useSpecPart } from '../../session/react';
import { Samples } from '../Samples';
import { Balance } from './Balance';
import { Experiments } from './Experiments';
import { Facts } from './Facts';
import { Parameters } from './Parameters';
import { SplitFields } from './SplitFields';
import { Statistics } from './Statistics';
import type { Choosable } from './sets';

export function ChosenSet({ one }: { readonly one: Choosable | undefined }) {
  const data = useSpecPart('data');
  const preview = usePage((page) => page.preview);
  const problem = usePage((page) => page.previewProblem);
  const isFresh =
    preview !== null && (preview.data.dataset === one?.kind.kind || preview.data.dataset === data.dataset);
  const shown = isFresh ? preview : null;
  return (
    <>
      <header className="chosen-head">
        <h3>{one?.title ?? shown?.data.title ?? data.dataset}</h3>
        {one ? <p>{one.help}</p> : null}
      </header>
      {problem ? <p className="choose-problem">{problem}</p> : <Pictures preview={shown} />}
      <Facts one={one} preview={shown} />
      {one ? <Parameters one={one} /> : null}
      <SplitFields preview={shown} />
      {shown ? <Balance preview={shown} /> : null}
      {shown ? <Statistics preview={shown} /> : null}
      {one ? <Experiments dataset={one.kind.kind} /> : null}
    </>
  );
}

const Pictures = ({ preview }: { readonly preview: DatasetPreview | null }) =>
  preview ? (
    <div className="chosen-samples">
      <Samples preview={preview} />
    </div>
  ) : (
    <Skeleton height={84} radius={4} animate={false} />
  );
