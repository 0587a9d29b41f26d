/** A bar for each class: so many to train on, so many to validate with. */
import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../../draw';
import type { DatasetPreview } from '../../generated/schemas';
import { type ClassRow, classRows, evenness, hasRepeats } from './balance';
import { Part } from './Part';

const FIRST = 12;

export function Balance({ preview }: { readonly preview: DatasetPreview }) {
  const [isOpen, setOpen] = useState(false);
  const rows = classRows(preview);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(({ trainedOn, validation }) => trainedOn + validation), 1);
  const isRepeated = hasRepeats(preview);
  const shown = isOpen ? rows : rows.slice(0, FIRST);
  return (
    <Part title="Classes" note={evenness(rows)}>
      <table className="balance num">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th>
              <span className="hidden-text">Share</span>
            </th>
            <th scope="col" className="is-train">
              train
            </th>
            {isRepeated ? (
              <th scope="col" className="is-repeated">
                repeated
              </th>
            ) : null}
            <th scope="col" className="is-validation">
              validation
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <Row key={row.name} row={row} most={most} isRepeated={isRepeated} />
          ))}
        </tbody>
      </table>
      {rows.length > FIRST ? (
        <UnstyledButton className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${formatCount(rows.length - FIRST)} more`}
        </UnstyledButton>
      ) : null}
    </Part>
  );
}

interface RowProps {
  readonly row: ClassRow;
  readonly most: number;
  readonly isRepeated: boolean;
}

function Row({ row, most, isRepeated }: RowProps) {
  const width = (count: number): { width: string } => ({ width: `${(100 * count) / most}%` });
  return (
    <tr>
      <th scope="row" className="clip" title={row.name}>
        {row.name === ' ' ? 'space' : row.name}
      </th>
      <td className="balance-bar" aria-hidden="true">
        <i className="is-train" style={width(row.train)} />
        <i className="is-repeated" style={width(row.trainedOn - row.train)} />
        <i className="is-validation" style={width(row.validation)} />
      </td>
      <td>{formatCount(row.train)}</td>
      {isRepeated ? <td>{formatCount(row.trainedOn)}</td> : null}
      <td>{formatCount(row.validation)}</td>
    </tr>
  );
}
