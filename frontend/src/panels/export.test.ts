import { describe, expect, it } from 'vitest';
import { csvOf } from './export';

describe('csvOf', () => {
  it('quotes what needs it', () => {
    const table = {
      columns: ['layer', 'value'],
      rows: [
        ['a "b", c', '-1375.5'],
        ['d', 'NaN'],
      ],
    };
    expect(csvOf(table)).toBe('layer,value\r\n"a ""b"", c",-1375.5\r\nd,NaN');
  });
});
