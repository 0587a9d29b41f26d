/**
 * The connection to `WS /api/stream`. It comes back by itself, and what was subscribed is subscribed again from the last
 * number that was read.
 */
import type { ServerMessage, Subscribe } from '../generated/schemas';
import type { ConnectionState } from '../words/connection';
import type { DecodedFrame } from '../words/frames';
import { decodeFrame, decodeFrameMessage } from './decode';

/** The part of a WebSocket that is used here, so that a test can stand in for it. */
export interface Socket {
  binaryType: BinaryType;
  onopen: (() => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(data: string): void;
  close(): void;
}

export interface StreamHandlers {
  onMessage(message: ServerMessage): void;
  onFrame(frame: DecodedFrame): void;
  onState(state: ConnectionState): void;
}

export interface Watch {
  readonly probes: readonly string[];
  readonly sample: number | null;
  /** The last number that was read, asked for at each (re)connection; null asks for a snapshot. */
  readonly lastSeq: () => number | null;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_EVERY_MS = 8_000;
/** A connection that has not said anything for so long is dead, though nobody closed it. */
const SILENT_AFTER_MS = 20_000;

const openSocket = (): Socket => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/stream`) as unknown as Socket;
};

export class Stream {
  readonly #handlers: StreamHandlers;
  readonly #open: () => Socket;
  readonly #watches = new Map<string, Watch>();
  #socket: Socket | null = null;
  #isConnected = false;
  #tries = 0;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;

  constructor(handlers: StreamHandlers, open: () => Socket = openSocket) {
    this.#handlers = handlers;
    this.#open = open;
  }

  /** Opens a connection, where there is none yet. */
  connect(): void {
    if (this.#isConnected) return;
    clearTimeout(this.#retry);
    this.#handlers.onState({ state: 'connecting' });
    const socket = this.#open();
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#opened(socket);
    socket.onclose = () => this.#closed(socket);
    socket.onmessage = (event) => this.#read(event.data);
    this.#socket = socket;
  }

  /** Tries again at once instead of at the next due time. */
  retryNow(): void {
    if (!this.#isConnected) this.connect();
  }

  close(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    const socket = this.#socket;
    this.#socket = null;
    this.#isConnected = false;
    socket?.close();
  }

  /** Watches a run, or changes what is watched of it. */
  subscribe(run: string, watch: Watch): void {
    this.#watches.set(run, watch);
    if (this.#isConnected) this.#sendSubscribe(run, watch);
  }

  unsubscribe(run: string): void {
    if (this.#watches.delete(run) && this.#isConnected) this.#send({ type: 'unsubscribe', run });
  }

  #opened(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#isConnected = true;
    this.#tries = 0;
    this.#handlers.onState({ state: 'connected' });
    for (const [run, watch] of this.#watches) this.#sendSubscribe(run, watch);
    this.#heardAt = Date.now();
    this.#ping = setInterval(() => this.#stayAlive(socket), PING_EVERY_MS);
  }

  #stayAlive(socket: Socket): void {
    if (Date.now() - this.#heardAt < SILENT_AFTER_MS) {
      this.#send({ type: 'ping' });
      return;
    }
    this.#closed(socket);
    socket.close();
  }

  #closed(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearInterval(this.#ping);
    this.#isConnected = false;
    this.#tries += 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#tries - 1));
    this.#handlers.onState({ state: 'lost', retryAt: Date.now() + wait, tries: this.#tries });
    this.#retry = setTimeout(() => this.connect(), wait);
  }

  #read(data: unknown): void {
    this.#heardAt = Date.now();
    if (typeof data === 'string') {
      this.#handlers.onMessage(JSON.parse(data) as ServerMessage);
      return;
    }
    const { body, run } = decodeFrameMessage(data as ArrayBuffer);
    this.#handlers.onFrame(decodeFrame(body, run));
  }

  #sendSubscribe(run: string, watch: Watch): void {
    const message: Subscribe = {
      type: 'subscribe',
      run,
      probes: [...watch.probes],
      sample: watch.sample,
      from_seq: watch.lastSeq(),
    };
    this.#send(message);
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
