/** Files of data: lists them, has originals fetched and follows how far they are, deletes uploads with a way back. */
import type { DatasetPreview, Original, TableForm, Upload } from '../generated/schemas';
import { createDataFiles, type DataFilesStore, fileOf } from '../stores/datasets';
import type { PageStore } from '../stores/page';
import type { Rest } from '../wire/rest';
import { report } from './notices';

const LOOK_EVERY_MS = 500;
/** So long a deleted upload can be had back. */
const UNDO_MS = 10_000;

type Calls = Pick<
  Rest,
  'datasets' | 'fetchOriginal' | 'cancelFetch' | 'removeUpload' | 'previewUpload' | 'readOtherwise'
>;

export class DatasetErrands {
  readonly store: DataFilesStore = createDataFiles();
  readonly #page: PageStore;
  readonly #rest: Calls;
  /** Told when a set can be read that could not be before. */
  readonly #onReady: (dataset: string) => void;
  readonly #goes = new Map<string, ReturnType<typeof setTimeout>>();
  #isFollowing = false;

  constructor(page: PageStore, rest: Calls, onReady: (dataset: string) => void) {
    this.#page = page;
    this.#rest = rest;
    this.#onReady = onReady;
  }

  /** Asks the server what there is; goes on asking while something is on its way. */
  async refresh(): Promise<void> {
    try {
      const { uploads, originals, can_upload, limits } = await this.#rest.datasets();
      const before = this.store.getState().originals;
      this.store.setState({ uploads, originals, limits, canUpload: can_upload, problem: null });
      for (const { dataset } of originals.filter((one) => becameReady(one, before))) this.#onReady(dataset);
    } catch (error) {
      this.store.setState({ problem: error instanceof Error ? error.message : String(error) });
    }
    void this.#follow();
  }

  /** Has the original files of a set fetched, from where a broken transfer left off. */
  fetch(dataset: string): Promise<void> {
    return this.#ask(() => this.#rest.fetchOriginal(dataset));
  }

  /** Stops fetching; what is there already is kept, to go on from. */
  cancelFetch(dataset: string): Promise<void> {
    return this.#ask(() => this.#rest.cancelFetch(dataset));
  }

  /** A file has come and was read. */
  added(upload: Upload): void {
    const { uploads, putAway } = this.store.getState();
    this.#keep(upload.id);
    this.store.setState({
      uploads: [upload, ...(uploads ?? []).filter(({ id }) => id !== upload.id)],
      putAway: putAway.filter((id) => id !== upload.id),
    });
  }

  /** Has a table read in another form; that is an upload of its own. */
  async readOtherwise(id: string, form: TableForm): Promise<Upload> {
    const made = await this.#rest.readOtherwise(id, form);
    this.added(made);
    return made;
  }

  /** Takes a file off the list at once; the server deletes it when the time to take that back is over. */
  remove(upload: Upload): void {
    const { putAway, uploads } = this.store.getState();
    const readings = (uploads ?? [upload]).filter((one) => fileOf(one) === fileOf(upload)).map(({ id }) => id);
    this.store.setState({ putAway: [...putAway, ...readings] });
    for (const id of readings)
      this.#goes.set(
        id,
        setTimeout(() => void this.#removeNow(id), UNDO_MS),
      );
    const run = (): void => this.restore(readings);
    this.#page.setState({
      notice: {
        severity: 'info',
        title: `${upload.name} is deleted.`,
        text: 'Runs that were trained on it stay.',
        action: { label: 'Undo', run },
      },
    });
  }

  /** Takes a deletion back. */
  restore(ids: readonly string[]): void {
    for (const id of ids) this.#keep(id);
    const { putAway } = this.store.getState();
    this.store.setState({ putAway: putAway.filter((one) => !ids.includes(one)) });
    this.#page.setState({ notice: null });
  }

  /** A look at an upload, read as it would be at once. */
  preview(id: string): Promise<DatasetPreview> {
    return this.#rest.previewUpload(id);
  }

  #keep(id: string): void {
    clearTimeout(this.#goes.get(id));
    this.#goes.delete(id);
  }

  async #removeNow(id: string): Promise<void> {
    this.#goes.delete(id);
    try {
      await this.#rest.removeUpload(id);
      const { uploads } = this.store.getState();
      this.store.setState({ uploads: uploads?.filter((one) => one.id !== id) ?? null });
    } catch (error) {
      report(this.#page, error);
    } finally {
      const { putAway } = this.store.getState();
      this.store.setState({ putAway: putAway.filter((one) => one !== id) });
    }
  }

  async #ask(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      report(this.#page, error);
    }
    await this.refresh();
  }

  /** One follower is enough, however many are fetched. */
  async #follow(): Promise<void> {
    if (this.#isFollowing || !this.#isFetching()) return;
    this.#isFollowing = true;
    while (this.#isFetching()) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      await this.refresh();
    }
    this.#isFollowing = false;
  }

  #isFetching(): boolean {
    const { originals, problem } = this.store.getState();
    return problem === null && originals.some(({ status }) => status === 'fetching');
  }
}

/** True where it is ready and was known not to be. */
function becameReady(now: Original, before: readonly Original[]): boolean {
  const old = before.find(({ dataset }) => dataset === now.dataset);
  return now.status === 'ready' && old !== undefined && old.status !== 'ready';
}
