/** Sends files of the user: several at once, each with its progress, a way to give up, and what was wrong with it. */
import type { TableForm, Upload } from '../generated/schemas';
import { createOwnData, type OwnDataStore, type Transfer } from '../stores/own';
import { Refused, Unreachable } from '../wire/rest';
import { Cancelled, type SendFile, sendFile } from '../wire/upload';

const BROKEN_OFF = {
  message: 'The transfer broke off.',
  hint: 'Send the file again; if it is larger than the limit, make it smaller first.',
};

const MEGA = 1_000_000;

export class UploadErrands {
  readonly store: OwnDataStore = createOwnData();
  readonly #send: SendFile;
  /** Told what came. */
  readonly #onUpload: (upload: Upload) => void;
  /** Bytes that a file of this ending may have at most; unknown until the server told. */
  readonly #limitOf: (ends: string) => number | undefined;
  readonly #under = new Map<number, { readonly file: File; readonly abort: AbortController }>();
  #count = 0;

  constructor(
    onUpload: (upload: Upload) => void,
    limitOf: (ends: string) => number | undefined,
    send: SendFile = sendFile,
  ) {
    this.#onUpload = onUpload;
    this.#limitOf = limitOf;
    this.#send = send;
  }

  /** Sends a file; the newest one that comes through is shown. */
  async send(file: File): Promise<void> {
    this.#count += 1;
    const id = this.#count;
    const { transfers } = this.store.getState();
    const { name, size } = file;
    this.store.setState({ transfers: [...transfers, { id, name, size, sent: 0, state: 'sending', problem: null }] });
    await this.#try(id, file);
  }

  /** Sends a file again that was not taken; a table perhaps to be read otherwise. */
  async again(id: number, form?: TableForm): Promise<void> {
    const known = this.#under.get(id);
    if (!known) return;
    this.#change(id, { sent: 0, state: 'sending', problem: null });
    await this.#try(id, known.file, form);
  }

  /** Gives a transfer up, or takes a failed one off the list. */
  cancel(id: number): void {
    this.#under.get(id)?.abort.abort();
    this.#forget(id);
  }

  async #try(id: number, file: File, form?: TableForm): Promise<void> {
    const abort = new AbortController();
    this.#under.set(id, { file, abort });
    const problem = tooLarge(file, this.#limitOf);
    if (problem) {
      this.#change(id, { state: 'failed', problem });
      return;
    }
    const onSent = (sent: number): void =>
      this.#change(id, { sent: Math.min(sent, file.size), state: sent >= file.size ? 'reading' : 'sending' });
    try {
      const upload = await this.#send(file, { onSent, signal: abort.signal, form });
      this.#forget(id);
      this.#onUpload(upload);
      this.store.setState({ shown: upload.id });
    } catch (error) {
      if (error instanceof Cancelled) return;
      this.#change(id, { state: 'failed', problem: problemOf(error) });
    }
  }

  #change(id: number, change: Partial<Transfer>): void {
    const { transfers } = this.store.getState();
    this.store.setState({ transfers: transfers.map((one) => (one.id === id ? { ...one, ...change } : one)) });
  }

  #forget(id: number): void {
    this.#under.delete(id);
    const { transfers } = this.store.getState();
    this.store.setState({ transfers: transfers.filter((one) => one.id !== id) });
  }
}

/** What is wrong with a file that is over its limit: nothing of it is sent, as the server would break the transfer off. */
function tooLarge(file: File, limitOf: (ends: string) => number | undefined): Transfer['problem'] {
  const ends = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0] ?? '';
  const most = limitOf(ends);
  if (most === undefined || file.size <= most) return null;
  const limit = most / MEGA;
  const rounded = Number((file.size / MEGA).toPrecision(4));
  const size = rounded > limit ? rounded : file.size / MEGA;
  return {
    message: `${file.name} has ${size} MB, and a ${ends} may have at most ${limit} MB.`,
    hint: 'Bring a part of it.',
  };
}

function problemOf(error: unknown): NonNullable<Transfer['problem']> {
  if (error instanceof Unreachable) return BROKEN_OFF;
  if (!(error instanceof Refused)) throw error;
  const first = error.problems[0];
  return { message: first?.message ?? error.message, hint: first?.hint ?? '' };
}
