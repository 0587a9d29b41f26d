/** A row of the settings rail: label, control, and the dot that pulses when the server has the value. */
import { Tooltip } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { numberText } from './stepping';

export interface RowProps {
  readonly label: string;
  readonly help?: string;
  /** What a change does; null leaves the mark out, where the head of the group says it. */
  readonly effect?: 'live' | 'restarts' | null;
  /** Step since which the server holds the value. */
  readonly since?: number;
  readonly children: (id: string) => ReactNode;
}

const EFFECTS = { live: 'takes effect at the next batch', restarts: 'starts a new run' };

export function Row({ label, help, effect, since, children }: RowProps) {
  const id = useId();
  const tip = [
    help,
    effect ? `This ${EFFECTS[effect]}.` : '',
    since === undefined ? '' : `Since step ${numberText(since)}.`,
  ];
  const text = tip.filter(Boolean).join(' ');
  return (
    <div className="field">
      <Tooltip label={text} disabled={!text} position="top-start">
        <label htmlFor={id} className="field-label">
          <span className="clip">{label}</span>
          {effect ? <i className={`effect ${effect}`} aria-hidden="true" /> : null}
          {since === undefined ? null : (
            <i key={since} className="confirmed" role="img" aria-label={`since step ${since}`} />
          )}
        </label>
      </Tooltip>
      <div className="field-control">{children(id)}</div>
    </div>
  );
}
