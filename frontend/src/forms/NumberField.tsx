/** A number that is dragged sideways, stepped by the arrow keys, or typed. */
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import type { EditPhase } from '../words/edit';
import {
  allowedText,
  isAllowed,
  type Limits,
  numberText,
  position,
  readNumber,
  type Scale,
  type Stride,
  stepped,
} from './stepping';
import { useTyping } from './useTyping';

export interface NumberFieldProps {
  readonly id?: string;
  readonly label: string;
  readonly value: number | null;
  readonly scale: Scale;
  readonly limits: Limits;
  readonly unit?: string;
  /** What stands there when there is no value. */
  readonly placeholder?: string;
  readonly isOptional?: boolean;
  readonly isDisabled?: boolean;
  /** Tell each allowed value while it is being typed, too. */
  readonly tellsTyping?: boolean;
  /** What the server said against the value. */
  readonly problem?: string;
  /** What is worth knowing of the value, though it is allowed. */
  readonly warning?: string;
  readonly describedBy?: string;
  onChange(value: number | null, phase: EditPhase): void;
}

const PIXELS_A_STEP = 8;
const DRAG_STARTS_AT = 3;

const strideOf = (event: { shiftKey: boolean; altKey: boolean }): Stride =>
  event.shiftKey ? 'coarse' : event.altKey ? 'fine' : 'normal';

interface Drag {
  readonly x: number;
  readonly start: number;
  isMoving: boolean;
  last: number;
}

export function NumberField(props: NumberFieldProps) {
  const { value, scale, limits, onChange } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const drag = useRef<Drag | null>(null);
  const typing = useTyping(value, onChange);
  const messageId = useId();

  const read = typed === null ? value : typed.trim() === '' && props.isOptional ? null : readNumber(typed);
  const isBad = typed !== null && !(read === null ? props.isOptional && typed.trim() === '' : isAllowed(read, limits));
  const problem = isBad ? `Allowed: ${allowedText(limits)}` : props.problem;
  const warning = problem ? undefined : props.warning;
  const shown = typed ?? (value === null ? '' : numberText(value));

  const type = (text: string): void => {
    setTyped(text);
    const number = readNumber(text);
    if (props.tellsTyping && number !== null && isAllowed(number, limits)) typing.tell(number);
  };

  const commit = (): void => {
    if (!isBad) setTyped(null);
    if (typing.isUnderWay()) typing.end(isBad ? undefined : read);
    else if (!isBad && read !== value) onChange(read, 'single');
  };

  const step = (count: number, stride: Stride): void => {
    setTyped(null);
    typing.end();
    onChange(stepped(read ?? scale.low, count, stride, scale, limits), 'single');
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const moves: Record<string, () => void> = {
      ArrowUp: () => step(1, strideOf(event)),
      ArrowDown: () => step(-1, strideOf(event)),
      PageUp: () => step(1, 'coarse'),
      PageDown: () => step(-1, 'coarse'),
      Enter: () => {
        commit();
        input.current?.select();
      },
      Escape: () => {
        setTyped(null);
        typing.takeBack();
        input.current?.blur();
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  const onPointerDown = (event: PointerEvent<HTMLInputElement>): void => {
    if (event.button !== 0 || props.isDisabled || document.activeElement === input.current) return;
    event.preventDefault();
    input.current?.setPointerCapture(event.pointerId);
    const start = value ?? scale.low;
    drag.current = { x: event.clientX, start, isMoving: false, last: start };
  };

  const onPointerMove = (event: PointerEvent<HTMLInputElement>): void => {
    const now = drag.current;
    if (!now) return;
    const moved = event.clientX - now.x;
    if (!now.isMoving && Math.abs(moved) < DRAG_STARTS_AT) return;
    const next = stepped(now.start, Math.round(moved / PIXELS_A_STEP), strideOf(event), scale, limits);
    if (next === now.last) return;
    onChange(next, now.isMoving ? 'move' : 'begin');
    now.isMoving = true;
    now.last = next;
  };

  const onPointerUp = (): void => {
    const now = drag.current;
    drag.current = null;
    if (!now) return;
    if (now.isMoving) {
      onChange(now.last, 'end');
    } else {
      input.current?.focus();
      input.current?.select();
    }
  };

  return (
    <div
      className="number"
      data-bad={problem ? true : undefined}
      data-warned={warning ? true : undefined}
      data-disabled={props.isDisabled || undefined}
    >
      <input
        ref={input}
        id={props.id}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        role="spinbutton"
        data-typed={typed === null ? 'no' : undefined}
        aria-label={props.id ? undefined : props.label}
        aria-valuenow={read ?? undefined}
        aria-valuetext={shown || props.placeholder}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || warning ? messageId : props.describedBy}
        disabled={props.isDisabled}
        placeholder={props.placeholder}
        value={shown}
        onChange={(event) => type(event.target.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
      />
      {props.unit ? <span className="number-unit">{props.unit}</span> : null}
      <i className="number-line" style={{ width: `${read === null ? 0 : position(read, scale) * 100}%` }} />
      {problem ? (
        <p className="field-problem" id={messageId} role="alert">
          {problem}
        </p>
      ) : null}
      {warning ? (
        <p className="field-problem" data-severity="warning" id={messageId} role="status" title={warning}>
          {warning}
        </p>
      ) : null}
    </div>
  );
}
