/** The head of a column: what it is, and for a hidden layer the buttons for more and fewer units. */
import { ActionIcon } from '@mantine/core';
import { memo } from 'react';
import { MOST_UNITS } from './edits';
import type { PlacedColumn } from './layout';
import { Sign } from './Sign';
import type { Column } from './stack';
import { describe } from './words';

interface HeadProps {
  readonly column: Column;
  readonly placed: PlacedColumn;
  readonly isShort: boolean;
  onUnits(column: Column, count: number): void;
}

export const Head = memo(function Head({ column, placed, isShort, onUnits }: HeadProps) {
  const shown = column.part === 'input' ? column.numUnits : placed.tiles.length;
  const isCut = shown < column.numUnits;
  const name = column.title.toLowerCase();
  return (
    <header className="points-head" style={{ left: placed.x }}>
      <h3>{column.title}</h3>
      <p className="num" title={isCut ? `The first ${shown} of ${column.numUnits} units are drawn.` : undefined}>
        {isCut ? `${shown} of ` : ''}
        {describe(column, isShort)}
      </p>
      {column.part === 'hidden' ? (
        <div className="points-steps">
          <ActionIcon
            size="xs"
            aria-label={`Take a unit out of ${name}`}
            disabled={column.numUnits <= 1}
            onClick={() => onUnits(column, column.numUnits - 1)}
          >
            <Sign name="minus" />
          </ActionIcon>
          <ActionIcon
            size="xs"
            aria-label={`Add a unit to ${name}`}
            disabled={column.numUnits >= MOST_UNITS}
            onClick={() => onUnits(column, column.numUnits + 1)}
          >
            <Sign name="plus" />
          </ActionIcon>
        </div>
      ) : null}
    </header>
  );
});
