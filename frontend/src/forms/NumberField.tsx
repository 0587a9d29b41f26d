/** A number that is dragged, stepped or typed. Bad input stays as it was typed, with what is allowed below it. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef, useState } from 'react';
import { formatNumber } from '../draw';
import { allows, describeRule, type NumberRule, placeInRange, readNumber, stepped } from './number';
import { Row } from './Row';

export interface NumberFieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly unit?: string | null;
  readonly rule: NumberRule;
  readonly value: number | null;
  /** What null stands for, such as "off"; without it the field cannot be empty. */
  readonly empty?: string;
  readonly since?: number | undefined;
  readonly problem?: string | null | undefined;
  readonly onChange: (value: number | null) => void;
  /** Told when a drag starts and ends, so that the whole drag is one edit. */
  readonly onDrag?: (isDragging: boolean) => void;
}

/** Pixels of a drag that make one step. */
const STEP_PX = 8;

export function NumberField(props: NumberFieldProps): ReactElement {
  const { rule, value, empty, onChange } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const drag = useRef<{ x: number; value: number; moved: boolean } | null>(null);
  const start = value ?? rule.usual[0];

  const commit = (text: string): boolean => {
    const number = readNumber(text);
    if (text.trim() === '' && empty) {
      onChange(null);
    } else if (number === null || !allows(rule, number)) {
      setWrong(describeRule(rule));
      return false;
    } else if (number !== value) {
      onChange(number);
    }
    setWrong(null);
    setTyped(null);
    return true;
  };

  const move = (steps: number): void => {
    const next = stepped(rule, start, steps);
    setTyped(null);
    setWrong(null);
    if (next !== value) onChange(next);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const size = event.shiftKey ? 10 : event.altKey && !rule.isInteger ? 0.1 : 1;
    if (event.key === 'ArrowUp') move(size);
    else if (event.key === 'ArrowDown') move(-size);
    else if (event.key === 'Enter') commit(event.currentTarget.value);
    else if (event.key === 'Escape') {
      setTyped(null);
      setWrong(null);
    } else return;
    event.preventDefault();
  };

  const onPointerMove = (event: PointerEvent<HTMLInputElement>): void => {
    const from = drag.current;
    if (!from) return;
    const px = event.clientX - from.x;
    if (!from.moved && Math.abs(px) < 4) return;
    if (!from.moved) {
      from.moved = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      props.onDrag?.(true);
    }
    const size = event.shiftKey ? 10 : event.altKey && !rule.isInteger ? 0.1 : 1;
    const steps = Math.trunc(px / STEP_PX) * size;
    const next = steps === 0 ? from.value : stepped(rule, from.value, steps);
    if (next !== value) onChange(next);
  };

  const onPointerUp = (event: PointerEvent<HTMLInputElement>): void => {
    const from = drag.current;
    drag.current = null;
    if (!from?.moved) return;
    props.onDrag?.(false);
    event.currentTarget.blur();
  };

  const shown = typed ?? (value === null ? '' : formatNumber(value, 4));
  return (
    <Row label={props.label} help={props.help} since={props.since} problem={wrong ?? props.problem}>
      {(ids) => (
        <div className="input input-scrub">
          <input
            className="number"
            type="text"
            inputMode="decimal"
            autoComplete="off"
            spellCheck={false}
            value={shown}
            placeholder={empty}
            aria-labelledby={ids.label}
            aria-invalid={wrong !== null}
            aria-describedby={ids.problem}
            onChange={(event) => setTyped(event.target.value)}
            onFocus={(event) => {
              if (value !== null && typed === null) setTyped(String(value));
              const field = event.currentTarget;
              requestAnimationFrame(() => field.select());
            }}
            onBlur={(event) => commit(event.target.value)}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => {
              if (document.activeElement !== event.currentTarget) {
                drag.current = { x: event.clientX, value: start, moved: false };
              }
            }}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
          />
          {props.unit ? <span className="unit">{props.unit}</span> : null}
          <span className="scrub-line" style={{ width: `${100 * placeInRange(rule, start)}%` }} />
        </div>
      )}
    </Row>
  );
}
