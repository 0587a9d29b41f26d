/** How far a lesson has come outlives a reload of the page, as long as its tab is open. */
import type { Workplace } from '../session/react';
import { progressText, readProgress } from '../stores/lesson';

const KEY = 'layerlab.lesson';

export function keepLesson({ session }: Workplace, shelf: Storage | null): void {
  const { lessons } = session;
  lessons.restore(readProgress(shelf?.getItem(KEY) ?? null));
  lessons.store.subscribe((now) => {
    const text = progressText(now);
    try {
      if (text === null) shelf?.removeItem(KEY);
      else shelf?.setItem(KEY, text);
    } catch {
      // A full or forbidden storage loses the prediction on a reload, and nothing else.
    }
  });
}
