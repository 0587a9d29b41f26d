/** A field over a line: the weight that was clicked gets the value that is typed. */
import { type KeyboardEvent, useState } from 'react';
import { formatNumber } from '../draw';
import { useSession } from '../session/react';
import type { PointedWeight } from './Painter';

const LARGEST = 1e6;
const WIDTH = 208;

interface WeightFieldProps {
  readonly weight: PointedWeight;
  /** Width of the graph, in which the field stays. */
  readonly room: number;
  onClose(): void;
}

/** A number as it may be typed, with a true minus and a comma too; null for what is none, or beyond all use. */
export function readWeight(text: string): number | null {
  const value = Number(text.trim().replace('−', '-').replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && Math.abs(value) <= LARGEST ? value : null;
}

export function WeightField({ weight, room, onClose }: WeightFieldProps) {
  const session = useSession();
  const [text, setText] = useState(formatNumber(weight.weight));
  const value = readWeight(text);
  const apply = (): void => {
    if (value === null) return;
    const { node, index } = weight;
    session.weights.set({ node, parameter: 'weight', index: [...index] }, weight.weight, value);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Enter') apply();
    if (event.key === 'Escape') onClose();
  };
  const left = Math.min(room - WIDTH - 4, Math.max(4, weight.x - WIDTH / 2));
  return (
    <div
      className="points-weight num"
      style={{
        width: WIDTH,
        transform: `translate(${Math.round(left)}px,${Math.round(Math.max(2, weight.y - 76))}px)`,
      }}
    >
      <label>
        <span className="clip">{weight.name}</span>
        <input
          // biome-ignore lint/a11y/noAutofocus: it opens to be typed into
          autoFocus
          type="text"
          inputMode="decimal"
          value={text}
          aria-invalid={value === null}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={onClose}
        />
      </label>
      <small className={value === null ? 'bad' : 'faint'}>
        {value === null ? 'A number, at most a million.' : 'Enter sets it, Esc leaves it.'}
      </small>
    </div>
  );
}
