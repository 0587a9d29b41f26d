import { describe, expect, it } from 'vitest';
import { csvOf } from './export';

describe('csvOf', () => {
  it('quotes what needs it and writes numbers as machines read them', () => {
    const table = {
      columns: ['layer', 'value'],
      rows: [
        ['a "b", c', '−1\u202f375.5'],
        ['d', 'NaN'],
      ],
    };
    expect(csvOf(table)).toBe('layer,value\r\n"a ""b"", c",-1375.5\r\nd,NaN');
  });
});
