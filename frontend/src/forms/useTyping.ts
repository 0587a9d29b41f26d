/** Tells values while they are being typed, as one edit that ends when the field is left. */
import { useEffect, useRef } from 'react';
import type { EditPhase } from '../words/edit';

export interface Typing<T> {
  /** A value that stands there for now. */
  tell(value: T): void;
  isUnderWay(): boolean;
  /** The typing is over; without a value the last one that was told stays. */
  end(value?: T): void;
  /** The value is again what it was before. */
  takeBack(): void;
}

/** `value` is what the field shows, `onChange` takes what it becomes. A field that goes away ends its typing. */
export function useTyping<T>(value: T, onChange: (value: T, phase: EditPhase) => void): Typing<T> {
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const typing = useRef<Typing<T> | null>(null);
  typing.current ??= makeTyping(() => latest.current);
  const made = typing.current;
  useEffect(() => () => made.end(), [made]);
  return made;
}

function makeTyping<T>(now: () => { value: T; onChange: (value: T, phase: EditPhase) => void }): Typing<T> {
  let under: { before: T; last: T } | null = null;
  const end = (value?: T): void => {
    if (!under) return;
    const last = value === undefined ? under.last : value;
    under = null;
    now().onChange(last, 'end');
  };
  return {
    tell(value) {
      const { value: shown, onChange } = now();
      if (!under && value === shown) return;
      under = { before: under ? under.before : shown, last: value };
      onChange(value, 'typing');
    },
    isUnderWay: () => under !== null,
    end,
    takeBack: () => under && end(under.before),
  };
}
