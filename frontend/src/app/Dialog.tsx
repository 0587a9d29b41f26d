/** The browser's own dialog: it keeps the focus inside, closes on Esc, and gives the focus back. */
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
  onClose(): void;
}

export function Dialog({ isOpen, label, className, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element && !element.open) element.showModal();
    if (!isOpen && element?.open) element.close();
  }, [isOpen]);
  const closeOutside = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, which the dialog does by itself
    <dialog ref={dialog} className={`dialog ${className}`} aria-label={label} onClose={onClose} onClick={closeOutside}>
      {isOpen ? children : null}
    </dialog>
  );
}
