import { describe, expect, it } from 'vitest';
import { complete } from '../session/complete';
import { pythonLines } from './pythonWords';
import { clientCall, curlCall } from './restCall';
import { specPython } from './specJson';

const spec = complete({
  name: 'It\'s "here"',
  data: { dataset: 'digits', shuffle: false },
  graph: [{ kind: 'linear', out_features: 10, bias: true }],
});
const place = { origin: 'http://127.0.0.1:8000', tokenFile: "/data/it's/token" };

describe('the REST call', () => {
  it('has the whole experiment as its body, which no shell changes', () => {
    const body = curlCall(spec, place).split("<<'JSON'\n")[1]?.split('\nJSON\n')[0] ?? '';
    expect(complete(JSON.parse(body))).toEqual(spec);
  });

  it('quotes the place of the token', () => {
    expect(curlCall(spec, place)).toContain(`$(cat '/data/it'\\''s/token')`);
    expect(clientCall(spec, place)).toContain(`Path("/data/it's/token")`);
  });

  it('says true, false and null as Python does', () => {
    expect(specPython(spec)).toContain('"shuffle": False');
    expect(specPython(spec)).toContain('"bias": True');
    expect(specPython(spec)).not.toMatch(/\b(true|false|null)\b/);
  });
});

describe('colouring', () => {
  const source =
    'def f(x):  # "no"\n    """Two\n    lines, 3."""\n    return "in" + \'a # b\' * 1.5e-3 if x2 else None';
  const lines = pythonLines(source);
  const all = lines.flat();
  const of = (sort: string): string[] => all.filter((piece) => piece.sort === sort).map((piece) => piece.text);

  it('loses no letter', () => {
    expect(lines.map((pieces) => pieces.map((piece) => piece.text).join('')).join('\n')).toBe(source);
  });

  it('tells the sorts apart', () => {
    expect(of('word')).toEqual(['def', 'return', 'if', 'else', 'None']);
    expect(of('name')).toEqual(['f']);
    expect(of('number')).toEqual(['1.5e-3']);
    expect(of('text')).toEqual(['"in"', "'a # b'"]);
    expect(of('comment')).toEqual(['# "no"', '"""Two', '    lines, 3."""']);
  });
});
