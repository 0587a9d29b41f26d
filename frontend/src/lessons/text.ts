/** Texts of lessons in parts: words, and formulas between dollar signs. */

export interface TextPart {
  readonly kind: 'words' | 'formula';
  readonly text: string;
}

/** A pair such as N(0, 1) stays in one line. */
const unbroken = (text: string): string => text.replaceAll(/(\([\d.]+,) (?=[\d.²]+\))/g, '$1\u00a0');

/** `so $a^2$ is` becomes words, formula, words. */
export function partsOf(text: string): readonly TextPart[] {
  return text
    .split('$')
    .map(
      (part, at): TextPart => ({
        kind: at % 2 === 0 ? 'words' : 'formula',
        text: at % 2 === 0 ? unbroken(part) : part,
      }),
    )
    .filter(({ text: part }) => part !== '');
}

/** The formulas of a paragraph that is nothing but `$$…$$`, one a line; null for any other paragraph. */
export function displayed(paragraph: string): readonly string[] | null {
  const found = /^\$\$(.*)\$\$$/s.exec(paragraph);
  return found?.[1]?.split('\\qquad').map((formula) => formula.trim().replace(/,$/, '')) ?? null;
}
