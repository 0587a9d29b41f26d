/** The focus goes on from a button that was pressed to the one that takes its place, also where the form is made anew. */
import { type RefObject, useEffect, useRef } from 'react';

/** A button that comes later than so is no answer to the press. */
const WITHIN_MS = 3000;

let pressed = { kind: '', at: Number.NEGATIVE_INFINITY };

/** Something of the analysis `kind` was pressed, and the button may go. */
export function handOn(kind: string): void {
  pressed = { kind, at: performance.now() };
}

const isFree = (box: HTMLElement): boolean => {
  const { activeElement } = document;
  const isGone = activeElement === null || activeElement === document.body;
  return isGone || (box.contains(activeElement) && (activeElement as HTMLButtonElement).disabled === true);
};

/** For what holds the buttons of an analysis; they change places with `isBusy`. */
export function useHandedOn<E extends HTMLElement>(kind: string, isBusy: boolean): RefObject<E | null> {
  const box = useRef<E>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the buttons change places with it
  useEffect(() => {
    const isAnswer = pressed.kind === kind && performance.now() - pressed.at < WITHIN_MS;
    if (!isAnswer || !box.current || !isFree(box.current)) return;
    box.current.querySelector<HTMLElement>('button:not(:disabled)')?.focus({ preventScroll: true });
  }, [kind, isBusy]);
  return box;
}
