/** Whether the further fields of a row are shown; it stays with the browser. */
import type { Fold } from '../forms/Row';
import { usePreferences, useWorkplace } from '../session/react';

export function useFold(row: string, numSet: number): Fold {
  const { preferences } = useWorkplace();
  const isOpen = usePreferences((one) => one.openRows.includes(row));
  const onToggle = (): void =>
    preferences.setState(({ openRows }) => ({
      openRows: isOpen ? openRows.filter((one) => one !== row) : [...openRows, row],
    }));
  return { isOpen, numSet, onToggle };
}
