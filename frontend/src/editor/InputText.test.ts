import { describe, expect, it } from 'vitest';
import { pieces } from './InputText';

describe('the text that a network says', () => {
  it('is in runs of right and wrong characters', () =>
    expect(pieces('the cut', 'the cat')).toEqual([
      { piece: 'the c', isWrong: false },
      { piece: 'u', isWrong: true },
      { piece: 't', isWrong: false },
    ]));

  it('is wrong where nothing more was wanted', () =>
    expect(pieces('abc', 'a')).toEqual([
      { piece: 'a', isWrong: false },
      { piece: 'bc', isWrong: true },
    ]));

  it('may be empty', () => expect(pieces('', 'abc')).toEqual([]));
});
