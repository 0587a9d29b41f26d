/** One row of a form: label, control, and what the server said of it. */
import { Tooltip } from '@mantine/core';
import { type ReactElement, type ReactNode, useId } from 'react';
import { formatCount } from '../draw';

export interface RowProps {
  readonly label: string;
  readonly help?: string | undefined;
  /** Step since which the value holds; a dot pulses when it is confirmed. */
  readonly since?: number | undefined;
  readonly problem?: string | null | undefined;
  readonly children: (ids: { label: string; problem: string | undefined }) => ReactNode;
}

export function Row({ label, help, since, problem, children }: RowProps): ReactElement {
  const id = useId();
  const problemId = problem ? `${id}problem` : undefined;
  return (
    <div className={problem ? 'field field-bad' : 'field'}>
      <Tooltip label={help} disabled={!help} multiline maw={280} openDelay={500} position="right" withinPortal>
        <span className="field-label" id={`${id}label`}>
          {label}
        </span>
      </Tooltip>
      <div className="field-control">{children({ label: `${id}label`, problem: problemId })}</div>
      {since === undefined ? (
        <span className="field-dot-place" />
      ) : (
        <Tooltip label={`in force since step ${formatCount(since)}`} openDelay={200}>
          <span className="field-dot-place">
            <span className="field-dot" key={since} />
          </span>
        </Tooltip>
      )}
      {problem ? (
        <p className="field-problem" id={problemId} role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
