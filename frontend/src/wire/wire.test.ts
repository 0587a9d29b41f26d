import { encode } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionState } from '../words/connection';
import type { DecodedFrame } from '../words/frames';
import { decodeFrame, decodeRecorded } from './decode';
import { Refused, rest, Unreachable } from './rest';
import { type Socket, Stream } from './stream';

const packed = (dtype: string, array: Float32Array | Int32Array): object => ({
  dtype,
  shape: [array.length],
  data: new Uint8Array(array.buffer),
});

const body = (step: number): Uint8Array =>
  encode({
    run: 'parent',
    probe: 'activations',
    step,
    data_shape: 'histogram',
    items: [
      {
        node: 'conv1',
        dead: null,
        edges: packed('float32', new Float32Array([0, 0.5, 1])),
        counts: packed('int32', new Int32Array([3, 4])),
      },
    ],
  });

describe('frames', () => {
  it('come out with typed arrays, wherever their bytes lie', () => {
    const frame = decodeFrame(body(7));
    const item = frame.items[0] as unknown as Record<string, { data: ArrayLike<number>; shape: number[] }>;
    expect(frame.step).toBe(7);
    expect([...Array.from(item.edges?.data ?? [])]).toEqual([0, 0.5, 1]);
    expect(item.counts?.data).toBeInstanceOf(Int32Array);
    expect(item.counts?.shape).toEqual([2]);
    expect(item.dead).toBeNull();
  });

  it('are read from a recorded list', () => {
    expect(decodeRecorded(encode([body(1), body(2)]), 'r1').map((frame) => frame.step)).toEqual([1, 2]);
  });
});

class FakeSocket implements Socket {
  static all: FakeSocket[] = [];
  binaryType: BinaryType = 'blob';
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  constructor() {
    FakeSocket.all.push(this);
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.onclose?.({ code: 1000 });
  }
}

describe('Stream', () => {
  const states: ConnectionState[] = [];
  const frames: DecodedFrame[] = [];
  const messages: unknown[] = [];
  let stream: Stream;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    states.length = frames.length = messages.length = 0;
    stream = new Stream(
      {
        onMessage: (message) => messages.push(message),
        onFrame: (frame) => frames.push(frame),
        onState: (state) => states.push(state),
      },
      () => new FakeSocket(),
    );
    stream.connect();
  });
  afterEach(() => {
    stream.close();
    vi.useRealTimers();
  });

  const socket = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;

  it('subscribes again from the last number read after a loss', () => {
    let seq: number | null = null;
    stream.subscribe('r', { probes: ['filters'], sample: 3, lastSeq: () => seq });
    socket().onopen?.();
    expect(socket().sent[0]).toEqual({ type: 'subscribe', run: 'r', probes: ['filters'], sample: 3, from_seq: null });
    seq = 17;
    socket().onclose?.({ code: 1006 });
    expect(states.at(-1)).toMatchObject({ state: 'lost', tries: 1 });
    vi.advanceTimersByTime(500);
    socket().onopen?.();
    expect(FakeSocket.all).toHaveLength(2);
    expect(socket().sent[0]).toMatchObject({ from_seq: 17 });
  });

  it('opens no second connection beside one that stands', () => {
    socket().onopen?.();
    stream.connect();
    expect(FakeSocket.all).toHaveLength(1);
    stream.subscribe('r', { probes: [], sample: 0, lastSeq: () => null });
    expect(socket().sent).toHaveLength(1);
    expect(states.at(-1)).toEqual({ state: 'connected' });
  });

  it('waits longer after each failed try, and at most 15 seconds', () => {
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      socket().onclose?.({ code: 1006 });
      const state = states.at(-1);
      if (state?.state === 'lost') waits.push(state.retryAt - Date.now());
      vi.advanceTimersByTime(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it('gives up a connection that has gone silent', () => {
    socket().onopen?.();
    const silent = socket();
    for (let second = 0; second < 12; second += 4) {
      vi.advanceTimersByTime(4000);
      silent.onmessage?.({ data: '{"type":"pong"}' });
    }
    expect(states.at(-1)).toEqual({ state: 'connected' });
    expect(silent.sent.filter((one) => one.type === 'ping').length).toBeGreaterThan(0);
    vi.advanceTimersByTime(30_000);
    expect(states.some((one) => one.state === 'lost')).toBe(true);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
  });

  it('tells text from frames', () => {
    socket().onmessage?.({ data: '{"type":"pong"}' });
    const message = encode({ type: 'frame', run: 'r', probe: 'activations', seq: 1, step: 5, body: body(5) });
    socket().onmessage?.({ data: message.slice().buffer });
    expect(messages).toEqual([{ type: 'pong' }]);
    expect(frames.map((frame) => frame.step)).toEqual([5]);
  });

  it('takes what a parent recorded as of the fork that hands it on', () => {
    const message = encode({ type: 'frame', run: 'fork', probe: 'activations', seq: 1, step: 5, body: body(5) });
    socket().onmessage?.({ data: message.slice().buffer });
    expect(frames.map((frame) => frame.run)).toEqual(['fork']);
    expect(decodeRecorded(encode([body(1)]), 'fork').map((frame) => frame.run)).toEqual(['fork']);
  });
});

describe('rest', () => {
  afterEach(() => vi.unstubAllGlobals());

  const answer = (status: number, data: string): void => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response(data, { status })),
    );
  };

  it('turns a refusal into its problems', async () => {
    const problem = { code: 'shape_mismatch', node: 'fc1', message: 'fc1 expects 2450.', hint: 'Take 2450.' };
    answer(422, JSON.stringify({ detail: 'No.', status: 422, code: 'invalid_spec', errors: [problem] }));
    const refused = await rest.run('x').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).problems).toEqual([problem]);
    expect((refused as Refused).message).toBe('No.');
    expect((refused as Refused).words).toBe('fc1 expects 2450. Take 2450.');
  });

  it('says what it can when the answer is no JSON', async () => {
    answer(502, '<html>');
    await expect(rest.catalog()).rejects.toMatchObject({ status: 502, message: 'The server answered 502.' });
  });

  it('says that the server does not answer', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('failed'))),
    );
    await expect(rest.catalog()).rejects.toBeInstanceOf(Unreachable);
  });
});
