/** The classes of a painting: press one to paint with it. */

import { formatCount, theme } from '../../../draw';
import { Icon } from '../../../forms/Icon';
import { classColour } from './picture';
import { MOST_CLASSES } from './stroke';

interface ClassesProps {
  /** Points of each class. */
  readonly counts: readonly number[];
  readonly chosen: number | null;
  onChoose(number: number): void;
}

export function Classes({ counts, chosen, onChoose }: ClassesProps) {
  const numShown = Math.max(counts.length, (chosen ?? 0) + 1);
  return (
    <fieldset className="paint-classes" aria-label="Class">
      {Array.from({ length: numShown }, (_, number) => (
        <button key={number} type="button" aria-pressed={number === chosen} onClick={() => onChoose(number)}>
          <i style={{ background: classColour(theme(), number, numShown) }} />
          <span>Class {number + 1}</span>
          <span className="num faint">{formatCount(counts[number] ?? 0)}</span>
        </button>
      ))}
      {numShown < MOST_CLASSES ? (
        <button type="button" onClick={() => onChoose(numShown)}>
          <Icon name="plus" size={13} />
          <span>Another class</span>
        </button>
      ) : null}
    </fieldset>
  );
}
