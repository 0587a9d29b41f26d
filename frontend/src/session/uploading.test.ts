import { describe, expect, it, vi } from 'vitest';
import type { Upload } from '../generated/schemas';
import { Refused, Unreachable } from '../wire/rest';
import { Cancelled, type SendOptions } from '../wire/upload';
import { UploadErrands } from './uploading';

const UPLOAD = { id: 'u0', name: 'a.csv' } as unknown as Upload;

/** A server that is told when to answer. */
function slow() {
  const asked: { options: SendOptions; answer(upload: Upload): void; refuse(error: unknown): void }[] = [];
  const send = (_: File, options: SendOptions): Promise<Upload> =>
    new Promise((answer, refuse) => {
      asked.push({ options, answer, refuse });
      options.signal.addEventListener('abort', () => refuse(new Cancelled()));
    });
  const came = vi.fn();
  const errands = new UploadErrands(came, (ends) => ({ '.csv': 2_000_000 })[ends], send);
  return { asked, came, errands, transfers: () => errands.store.getState().transfers };
}

const file = (size: number, name = 'a.csv') => new File(['x'.repeat(size)], name);

describe('a transfer', () => {
  it('tells how far it is, is read, and then is there', async () => {
    const { asked, came, errands, transfers } = slow();
    const done = errands.send(file(10));
    expect(transfers()).toMatchObject([{ name: 'a.csv', size: 10, sent: 0, state: 'sending' }]);
    asked[0]?.options.onSent(4);
    expect(transfers()).toMatchObject([{ sent: 4, state: 'sending' }]);
    asked[0]?.options.onSent(10);
    expect(transfers()).toMatchObject([{ sent: 10, state: 'reading' }]);
    asked[0]?.answer(UPLOAD);
    await done;
    expect(transfers()).toEqual([]);
    expect(came).toHaveBeenCalledExactlyOnceWith(UPLOAD);
    expect(errands.store.getState().shown).toBe('u0');
  });

  it('is not begun where the file is over its limit, and says both numbers', async () => {
    const { asked, errands, transfers } = slow();
    void errands.send(file(2_000_000));
    await errands.send(file(2_000_001, 'b.CSV'));
    void errands.send(file(2_000_001, 'b.npz'));
    expect(asked.length).toBe(2);
    expect(transfers()[1]).toMatchObject({
      state: 'failed',
      problem: { message: 'b.CSV has 2.000001 MB, and a .csv may have at most 2 MB.', hint: 'Bring a part of it.' },
    });
  });

  it('is given up without a word', async () => {
    const { asked, came, errands, transfers } = slow();
    const first = errands.send(file(10));
    const second = errands.send(file(20, 'b.csv'));
    errands.cancel(transfers()[0]?.id ?? -1);
    await first;
    expect(transfers().map((one) => one.name)).toEqual(['b.csv']);
    asked[1]?.answer(UPLOAD);
    await second;
    expect(came).toHaveBeenCalledOnce();
  });

  it('says what was wrong, and can be tried again', async () => {
    const { asked, came, errands, transfers } = slow();
    const details = { type: '', title: '', status: 422, code: 'bad_file', detail: 'Not a table.', instance: null };
    const problem = { code: 'bad_file', path: '', message: 'Line 3 has 2 values, not 4.', hint: 'Mend line 3.' };
    const done = errands.send(file(10));
    asked[0]?.refuse(
      new Refused({ ...details, errors: [problem] } as unknown as ConstructorParameters<typeof Refused>[0]),
    );
    await done;
    const failed = transfers()[0];
    expect(failed).toMatchObject({
      state: 'failed',
      problem: { message: 'Line 3 has 2 values, not 4.', hint: 'Mend line 3.' },
    });
    const again = errands.again(failed?.id ?? -1);
    expect(transfers()).toMatchObject([{ state: 'sending', sent: 0, problem: null }]);
    asked[1]?.refuse(new Unreachable());
    await again;
    expect(transfers()[0]?.problem?.message).toBe('The transfer broke off.');
    errands.cancel(failed?.id ?? -1);
    expect([transfers(), came.mock.calls]).toEqual([[], []]);
  });
});
