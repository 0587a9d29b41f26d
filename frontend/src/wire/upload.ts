/** Sends a file to the server, with how far it is: `fetch` cannot tell that, the older request can. */
import type { TableForm, Upload } from '../generated/schemas';
import { detailsOf, Refused, Unreachable } from './rest';

export interface SendOptions {
  /** Told how many bytes are out; when all are, the server reads the file. */
  onSent(bytes: number): void;
  readonly signal: AbortSignal;
  /** How a table is to be read; left out: as it is found. */
  readonly form?: TableForm;
}

export type SendFile = (file: File, options: SendOptions) => Promise<Upload>;

/** Raised where the sender gave up. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'Cancelled';
  }
}

export const sendFile: SendFile = (file, { onSent, signal, form }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/datasets?${queryOf(file.name, form)}`);
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

/** Types of columns are asked for when their names are known. */
function queryOf(name: string, form?: TableForm): string {
  const query = new URLSearchParams({ name });
  for (const [field, value] of Object.entries(form ?? {}))
    if (value !== null && typeof value !== 'object') query.set(field, String(value));
  return query.toString();
}

async function answer({ status, statusText, responseText }: XMLHttpRequest): Promise<Upload> {
  if (status >= 200 && status < 300) return JSON.parse(responseText) as Upload;
  throw new Refused(await detailsOf(new Response(responseText, { status, statusText })));
}
