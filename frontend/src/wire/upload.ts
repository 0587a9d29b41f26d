/** Sends a file to the server, with how far it is: `fetch` cannot tell that, the older request can. */
import type { Upload } from '../generated/schemas';
import { detailsOf, Refused, Unreachable } from './rest';

export interface SendOptions {
  /** Told how many bytes are out; when all are, the server reads the file. */
  onSent(bytes: number): void;
  readonly signal: AbortSignal;
}

export type SendFile = (file: File, options: SendOptions) => Promise<Upload>;

/** Raised where the sender gave up. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'Cancelled';
  }
}

export const sendFile: SendFile = (file, { onSent, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/datasets?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.upload.onload = () => onSent(file.size);
    request.onload = () => void answer(request).then(resolve, reject);
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => reject(new Cancelled());
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) reject(new Cancelled());
    else request.send(file);
  });

async function answer({ status, statusText, responseText }: XMLHttpRequest): Promise<Upload> {
  if (status >= 200 && status < 300) return JSON.parse(responseText) as Upload;
  throw new Refused(await detailsOf(new Response(responseText, { status, statusText })));
}
