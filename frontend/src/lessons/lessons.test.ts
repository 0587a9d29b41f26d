import { describe, expect, it } from 'vitest';
import { displayed, partsOf } from './text';
import { choiceOf, letterOf } from './useLetters';

describe('texts', () => {
  it('are words and formulas', () => {
    expect(partsOf('Drawn from $N(0, 1)$, each.')).toEqual([
      { kind: 'words', text: 'Drawn from ' },
      { kind: 'formula', text: 'N(0, 1)' },
      { kind: 'words', text: ', each.' },
    ]);
    expect(partsOf('from N(0, 0.01²), each (a, b)')[0]?.text).toBe('from N(0,\u00a00.01²), each (a, b)');
    expect(partsOf('None.')).toEqual([{ kind: 'words', text: 'None.' }]);
    expect(partsOf('$a$')).toEqual([{ kind: 'formula', text: 'a' }]);
  });

  it('have formulas of their own, one below the other', () => {
    expect(displayed('$$a = b, \\qquad c = d$$')).toEqual(['a = b', 'c = d']);
    expect(displayed('so $a$ is')).toBeNull();
  });
});

describe('letters', () => {
  const press = (key: string, change = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...change });

  it('choose as many answers as there are', () => {
    expect([0, 1, 2, 3].map(letterOf)).toEqual(['A', 'B', 'C', 'D']);
    expect(['a', 'B', 'd'].map((key) => choiceOf(press(key), 4))).toEqual([0, 1, 3]);
    expect(choiceOf(press('d'), 3)).toBeNull();
    expect(choiceOf(press('ArrowDown'), 4)).toBeNull();
    expect(choiceOf(press('a', { ctrlKey: true }), 4)).toBeNull();
  });
});
