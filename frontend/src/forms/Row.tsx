/** A row of the settings rail: label, control, and the dot that pulses when the server has the value. */
import { Tooltip } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { Icon } from './Icon';
import { numberText } from './stepping';

export interface RowProps {
  readonly label: string;
  readonly help?: string;
  /** What a change does; null leaves the mark out, where the head of the group says it. */
  readonly effect?: 'live' | 'restarts' | null;
  /** Step since which the server holds the value. */
  readonly since?: number;
  /** Further fields below the row, which a button behind the label shows. */
  readonly fold?: Fold;
  readonly children: (id: string) => ReactNode;
}

export interface Fold {
  readonly isOpen: boolean;
  /** How many of the further fields are not at their default. */
  readonly numSet: number;
  onToggle(): void;
}

const EFFECTS = { live: 'takes effect at the next batch', restarts: 'starts a new run' };

export function Row({ label, help, effect, since, fold, children }: RowProps) {
  const id = useId();
  const tip = [
    help,
    effect ? `This ${EFFECTS[effect]}.` : '',
    since === undefined ? '' : `Since step ${numberText(since)}.`,
  ];
  const text = tip.filter(Boolean).join(' ');
  return (
    <div className="field">
      <div className="field-name">
        <Tooltip label={text} disabled={!text} position="top-start">
          <label htmlFor={id} className="field-label">
            <span className="clip">{label}</span>
            {effect ? <i className={`effect ${effect}`} aria-hidden="true" /> : null}
            {since === undefined ? null : (
              <i key={since} className="confirmed" role="img" aria-label={`since step ${since}`} />
            )}
          </label>
        </Tooltip>
        {fold ? <FoldButton label={label} fold={fold} /> : null}
      </div>
      <div className="field-control">{children(id)}</div>
    </div>
  );
}

function FoldButton({ label, fold }: { readonly label: string; readonly fold: Fold }) {
  const set = fold.numSet > 0 ? `, ${fold.numSet} set` : '';
  return (
    <button
      type="button"
      className="field-fold"
      aria-expanded={fold.isOpen}
      aria-label={`Settings of ${label}${set}`}
      data-set={fold.numSet > 0 || undefined}
      onClick={fold.onToggle}
    >
      <Icon name={fold.isOpen ? 'down' : 'right'} size={13} />
    </button>
  );
}
