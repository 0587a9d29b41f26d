/** Sentences of the server, in which fields are called as forms call them. */
import { useCallback, useMemo } from 'react';
import { usePage } from '../session/react';
import { fieldNames } from './schema';
import { inFormWords } from './words';

export function useFormWords(): (sentence: string) => string {
  const kinds = usePage((page) => page.catalog?.kinds);
  const fields = useMemo(() => fieldNames(kinds ?? []), [kinds]);
  return useCallback((sentence) => inFormWords(sentence, fields), [fields]);
}
