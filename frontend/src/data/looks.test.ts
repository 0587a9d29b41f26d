import { describe, expect, it } from 'vitest';
import type { DatasetPreview, RunSpec } from '../generated/schemas';
import { Looks } from './looks';

const data = (dataset: string): RunSpec['data'] => ({ dataset, params: {} }) as unknown as RunSpec['data'];

/** A server that answers when it is told to. */
function slowServer() {
  const asked: string[] = [];
  const answers = new Map<string, { yes: (preview: DatasetPreview) => void; no: (error: Error) => void }>();
  const ask = ({ dataset }: RunSpec['data']): Promise<DatasetPreview> => {
    asked.push(dataset);
    return new Promise((yes, no) => answers.set(dataset, { yes, no }));
  };
  return {
    asked,
    ask,
    answer: (one: string) => answers.get(one)?.yes({} as DatasetPreview),
    refuse: (one: string) => answers.get(one)?.no(new Error('no')),
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('looks at data', () => {
  it('are asked for two at a time, each once', async () => {
    const server = slowServer();
    const looks = new Looks();
    const all = ['a', 'b', 'a', 'c', 'd'].map((one) => looks.of(data(one), 4, server.ask));
    await settle();
    expect(server.asked).toEqual(['a', 'b']);
    server.answer('b');
    await settle();
    expect(server.asked).toEqual(['a', 'b', 'c']);
    for (const one of ['a', 'c']) server.answer(one);
    await settle();
    server.answer('d');
    await Promise.all(all);
    expect(server.asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that failed are asked for again, and keep nobody waiting', async () => {
    const server = slowServer();
    const looks = new Looks();
    const first = looks.of(data('a'), 4, server.ask);
    await settle();
    server.refuse('a');
    await expect(first).rejects.toThrow('no');
    const again = looks.of(data('a'), 4, server.ask);
    await settle();
    server.answer('a');
    await again;
    expect(server.asked).toEqual(['a', 'a']);
  });
});
