import { describe, expect, it } from 'vitest';
import { addressOf, textOf, withLetters } from '../draw/svg';
import { panelKinds } from './catalogue';
import { drawn } from './drawing';
import { captionedSvg, captionOf, csvOf, formatsOf } from './export';

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

describe('captionOf', () => {
  const late = { tone: 'warning', text: 'as of step 3' } as const;

  it('says what the head says, and the run', () => {
    expect(captionOf(drawn({ unit: '359 samples' }), 'step 4 · val', 7)).toBe('359 samples · step 4 · val · run 7');
    expect(captionOf(drawn({ unit: '%', tag: late }), 'step 4')).toBe('% · as of step 3');
  });

  it('says the axis of a curve, beside a warning too', () => {
    const loss = drawn({ unit: 'cross-entropy', inFile: 'log · steps 0 to 500' });
    expect(captionOf(loss, 'log', 7)).toBe('cross-entropy · log · steps 0 to 500 · run 7');
    expect(captionOf({ ...loss, tag: late }, 'log')).toBe('cross-entropy · as of step 3 · log · steps 0 to 500');
  });
});

describe('captionedSvg', () => {
  it('stands over the drawing, which keeps its size', () => {
    const drawn = withLetters('<svg class="main" width="300" height="120.5"><path d="M0,0"/></svg>', '@font-face{}');
    const file = textOf(captionedSvg(addressOf(drawn), { title: 'Loss <1', text: 'a & b' }));
    const root = new DOMParser().parseFromString(file, 'image/svg+xml').documentElement;
    expect([...root.querySelectorAll('text')].map((one) => one.textContent)).toEqual(['Loss <1', 'a & b']);
    const inner = root.querySelector('svg');
    expect(inner?.getAttribute('width')).toBe('300');
    expect(inner?.querySelector('style')?.textContent).toBe('@font-face{}');
    expect(inner?.querySelector('path')).not.toBeNull();
    expect(Number(root.getAttribute('width'))).toBeGreaterThan(300);
    const room = Number(root.getAttribute('height')) - Number(inner?.getAttribute('y'));
    expect(room).toBeGreaterThanOrEqual(120.5);
  });
});

describe('formatsOf', () => {
  const kindOf = (id: string) => {
    const kind = panelKinds('classification').find((one) => one.id === id);
    if (!kind) throw new Error(id);
    return kind;
  };

  it('offers a drawing where there are lines, and a picture of a canvas otherwise', () => {
    expect(formatsOf(kindOf('loss'), {})).toContain('svg');
    expect(formatsOf(kindOf('confusion'), {})).toEqual(['png', 'csv']);
    expect(formatsOf(kindOf('activations'), {})).toEqual(['png', 'csv']);
    expect(formatsOf(kindOf('activations'), { view: 'spread' })).toContain('svg');
  });
});
