import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatasetList, DatasetPreview, Original, Upload } from '../generated/schemas';
import { shownUploads } from '../stores/datasets';
import { createPage } from '../stores/page';
import { Unreachable } from '../wire/rest';
import { DatasetErrands } from './datasets';

const original = (status: Original['status'], received = 0): Original => ({
  dataset: 'mnist',
  title: 'MNIST',
  status,
  files: ['train-images-idx3-ubyte.gz'],
  folder: '/data/originals/mnist',
  received,
  size: 100,
  source: 'https://example.org',
  message: null,
  parts: ['train'],
});
const upload = (id: string, file = id): Upload => ({
  id,
  file,
  form: null,
  asked: { delimiter: null, decimal: null, has_names: null, types: {} },
  arrays: [],
  name: `${id}.csv`,
  dataset: 'csv',
  size: 10,
  created: '2026-01-01T00:00:00Z',
  params: { upload: id },
  summary: '',
  columns: [],
  class_counts: {},
  notes: [],
});

/** A server that fetches 40 bytes between two looks. */
class FakeServer {
  list: DatasetList = {
    uploads: [upload('a'), upload('b')],
    originals: [original('missing')],
    can_upload: true,
    limits: { '.csv': 100 },
  };
  calls: string[] = [];
  isGone = false;

  datasets = async (): Promise<DatasetList> => {
    this.calls.push('list');
    if (this.isGone) throw new Unreachable();
    const [one] = this.list.originals;
    if (one?.status === 'fetching') {
      const received = Math.min(100, one.received + 40);
      this.list = { ...this.list, originals: [original(received < 100 ? 'fetching' : 'ready', received)] };
    }
    return this.list;
  };
  fetchOriginal = async (): Promise<Original> => {
    this.list = { ...this.list, originals: [original('fetching', this.list.originals[0]?.received)] };
    return original('fetching');
  };
  cancelFetch = async (): Promise<void> => {
    this.list = { ...this.list, originals: [original('missing', this.list.originals[0]?.received)] };
  };
  removeUpload = async (id: string): Promise<void> => {
    this.calls.push(`remove ${id}`);
  };
  readOtherwise = async (id: string): Promise<Upload> => upload(`${id}, otherwise`, id);
  previewUpload = async (): Promise<DatasetPreview> => ({}) as DatasetPreview;
}

describe('files of data', () => {
  const server = () => new FakeServer();
  const desk = (fake = server()) => {
    const page = createPage();
    const ready: string[] = [];
    return { fake, page, ready, errands: new DatasetErrands(page, fake, (dataset) => ready.push(dataset)) };
  };
  const seen = ({ errands }: ReturnType<typeof desk>) => shownUploads(errands.store.getState()).map(({ id }) => id);
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('follows a transfer to its end, and tells then that the set can be read', async () => {
    const { fake, ready, errands } = desk();
    await errands.refresh();
    await errands.fetch('mnist');
    expect(errands.store.getState().originals[0]?.received).toBe(40);
    expect(ready).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(errands.store.getState().originals[0]?.status).toBe('ready');
    expect(ready).toEqual(['mnist']);
    const calls = fake.calls.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(fake.calls).toHaveLength(calls);
  });

  it('lists one reading of a file, and takes all away with it', async () => {
    const one = desk();
    await one.errands.refresh();
    const made = await one.errands.readOtherwise('a', { delimiter: null, decimal: null, has_names: null, types: {} });
    expect(seen(one)).toEqual(['a, otherwise', 'b']);
    const state = one.errands.store.getState();
    expect(shownUploads(state, [null, 'a']).map(({ id }) => id)).toEqual(['a', 'b']);
    one.errands.remove(made);
    expect(seen(one)).toEqual(['b']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(one.fake.calls.filter((call) => call.startsWith('remove'))).toEqual(['remove a, otherwise', 'remove a']);
  });

  it('stops asking when a transfer is cancelled, and keeps how far it came', async () => {
    const { fake, errands } = desk();
    await errands.refresh();
    await errands.fetch('mnist');
    await errands.cancelFetch('mnist');
    expect(errands.store.getState().originals[0]).toMatchObject({ status: 'missing', received: 40 });
    await vi.advanceTimersByTimeAsync(2000);
    const calls = fake.calls.length;
    await vi.advanceTimersByTimeAsync(2000);
    expect(fake.calls).toHaveLength(calls);
  });

  it('keeps what it knows when the server does not answer, and says so', async () => {
    const { fake, errands } = desk();
    await errands.refresh();
    fake.isGone = true;
    await errands.refresh();
    expect(errands.store.getState().problem).toContain('does not answer');
    expect(errands.store.getState().uploads).toHaveLength(2);
  });

  it('deletes an upload when the time to take that back is over', async () => {
    const all = desk();
    await all.errands.refresh();
    all.errands.remove(upload('a'));
    expect(seen(all)).toEqual(['b']);
    expect(all.fake.calls).not.toContain('remove a');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(all.fake.calls).toContain('remove a');
    expect(all.errands.store.getState()).toMatchObject({ putAway: [], uploads: [{ id: 'b' }] });
  });

  it('gives a deleted upload back', async () => {
    const all = desk();
    await all.errands.refresh();
    all.errands.remove(upload('a'));
    all.page.getState().notice?.action?.run();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen(all)).toEqual(['a', 'b']);
    expect(all.fake.calls).not.toContain('remove a');
    expect(all.page.getState().notice).toBeNull();
  });

  it('has a file that comes again first, whether or not it was just deleted', async () => {
    const all = desk();
    await all.errands.refresh();
    all.errands.remove(upload('b'));
    all.errands.added(upload('b'));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen(all)).toEqual(['b', 'a']);
    expect(all.fake.calls).not.toContain('remove b');
  });
});
