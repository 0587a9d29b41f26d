/** Texts of lessons in parts: words, and formulas between dollar signs. */

export interface TextPart {
  readonly kind: 'words' | 'formula';
  readonly text: string;
}

/** `so $a^2$ is` becomes words, formula, words. */
export function partsOf(text: string): readonly TextPart[] {
  return text
    .split('$')
    .map((part, at): TextPart => ({ kind: at % 2 === 0 ? 'words' : 'formula', text: part }))
    .filter(({ text: part }) => part !== '');
}

/** The formulas of a paragraph that is nothing but `$$…$$`, one a line; null for any other paragraph. */
export function displayed(paragraph: string): readonly string[] | null {
  const found = /^\$\$(.*)\$\$$/s.exec(paragraph);
  return found?.[1]?.split('\\qquad').map((formula) => formula.trim().replace(/,$/, '')) ?? null;
}

/** Text without its formulas' marks, for where no formula can be drawn. */
export const plain = (text: string): string => text.replaceAll('$', '');
