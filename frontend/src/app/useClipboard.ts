/** Copy, cut and paste of layers by the browser's own events, which need no permission. */
import { useEffect } from 'react';
import { copiedText, deleteChosen, pasteText } from '../editor/actions';
import { useWorkplace } from '../session/react';
import { focusOf, isAboutNetwork } from './keys';

/** True where the event is meant for the network: no text is typed or marked, and nothing else has the focus. */
function isForLayers(): boolean {
  const element = document.activeElement;
  const hasText = focusOf(element) === 'text' || (document.getSelection()?.toString() ?? '') !== '';
  return !hasText && isAboutNetwork(element) && document.querySelector('dialog[open]') === null;
}

export function useClipboard(): void {
  const workplace = useWorkplace();
  useEffect(() => {
    const onCopy = (event: ClipboardEvent): void => {
      const text = isForLayers() ? copiedText(workplace) : null;
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut') deleteChosen(workplace);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (isForLayers() && pasteText(workplace, text)) event.preventDefault();
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [workplace]);
}
