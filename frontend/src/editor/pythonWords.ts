/** Python cut into pieces for colouring: enough to tell words, texts, numbers and comments apart. */

export interface Piece {
  readonly sort: 'plain' | 'word' | 'text' | 'number' | 'comment' | 'name';
  readonly text: string;
}

const WORDS =
  'and as assert break class continue def del elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield';
const IS_WORD = new Set(WORDS.split(' '));
const TOKEN =
  /("""[\s\S]*?"""|[rfb]?"(?:\\.|[^"\\\n])*"|[rfb]?'(?:\\.|[^'\\\n])*'|#.*|\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b|[A-Za-z_]\w*)/g;

function sortOf(token: string, before: string): Piece['sort'] {
  if (token.startsWith('#')) return 'comment';
  if (token.startsWith('"""')) return 'comment';
  if (/["']$/.test(token)) return 'text';
  if (/^\d/.test(token)) return 'number';
  if (IS_WORD.has(token)) return 'word';
  return /\b(?:def|class)\s$/.test(before) ? 'name' : 'plain';
}

/** The lines of a text, each as its pieces; a text over several lines is a piece on each of them. */
export function pythonLines(text: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const push = (sort: Piece['sort'], part: string): void => {
    part.split('\n').forEach((line, index) => {
      if (index > 0) lines.push([]);
      if (line !== '') lines.at(-1)?.push({ sort, text: line });
    });
  };
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const before = text.slice(end, match.index);
    push('plain', before);
    push(sortOf(match[0], text.slice(Math.max(0, match.index - 6), match.index)), match[0]);
    end = match.index + match[0].length;
  }
  push('plain', text.slice(end));
  return lines;
}
