/** A, B, C, D choose an answer, wherever the focus is but in a text field. */
import { useEffect, useRef } from 'react';

export const letterOf = (choice: number): string => String.fromCharCode('A'.charCodeAt(0) + choice);

/** The choice that a key press takes, of so many; null where it takes none. */
export function choiceOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  count: number,
): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return null;
  const at = event.key.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0);
  return at >= 0 && at < count ? at : null;
}

const TEXT_FIELDS = 'textarea, select, input:not([type="radio"], [type="checkbox"]), [contenteditable]';

export function useLetters(count: number, choose: (choice: number) => void): void {
  const latest = useRef(choose);
  latest.current = choose;
  useEffect(() => {
    if (count === 0) return;
    // On the document, which hears a key before the window does, where the single keys of the page are.
    const onKeyDown = (event: KeyboardEvent): void => {
      const choice = choiceOf(event, count);
      const isTyping = document.activeElement?.matches(TEXT_FIELDS) || document.querySelector('dialog[open]');
      if (choice === null || event.defaultPrevented || isTyping) return;
      event.preventDefault();
      latest.current(choice);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [count]);
}
