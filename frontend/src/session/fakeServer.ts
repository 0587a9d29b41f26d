/** For tests: a server that remembers runs and obeys, and the experiment that it offers. */
import type { Catalog, CheckResult, Lesson, NodeSpec, RunSpec, RunView } from '../generated/schemas';
import { Refused, type Rest } from '../wire/rest';
import { complete } from './complete';

const graph = [
  { id: 'fc1', kind: 'linear', out_features: 8 },
  { kind: 'dropout', p: 0.3 },
  { id: 'logits', kind: 'linear', out_features: 2 },
] as unknown as NodeSpec[];
export const SPEC = complete({ name: 'First', data: { dataset: 'moons' }, graph, optimizer: { kind: 'sgd', lr: 0.1 } });
export const CHECK = {
  ok: true,
  nodes: [{ id: 'fc1' }, { id: 'dropout_1' }, { id: 'logits' }],
  problems: [],
  lacking: {},
  totals: {},
  data: { num_validation: 5, dataset: 'moons' },
} as unknown as CheckResult;
const CATALOG = {
  version: '1',
  kinds: [
    {
      kind: 'dropout',
      family: 'layer',
      aliases: [],
      fields: { properties: { p: { 'x-live': true } } },
      details: {},
    },
    { kind: 'linear', family: 'layer', aliases: [], fields: { properties: { out_features: {} } }, details: {} },
  ],
  experiments: [{ id: 'first', title: 'First', summary: '', spec: SPEC }],
} as unknown as Catalog;

/** A server of one page. */
export class FakeServer {
  runs = new Map<string, RunView>();
  calls: string[] = [];
  changes: unknown[] = [];
  check: CheckResult = CHECK;
  failsWith: Error | null = null;

  view(id: string): RunView {
    const view = this.runs.get(id);
    if (!view) {
      throw new Refused({
        type: '',
        title: '',
        status: 404,
        code: 'not_found',
        detail: 'No such run.',
        instance: null,
        errors: [],
      });
    }
    return view;
  }

  put(id: string, change: Partial<RunView>): RunView {
    const view = { ...this.view(id), ...change };
    this.runs.set(id, view);
    return view;
  }

  add(spec: RunSpec, status: RunView['status'], step = 0): RunView {
    const id = `run${this.runs.size + 1}`;
    const view = {
      id,
      spec,
      status,
      step,
      check: CHECK,
      number: this.runs.size + 1,
      latest: {},
      rates: {},
    } as unknown as RunView;
    this.runs.set(id, view);
    return view;
  }

  async #answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    if (this.failsWith) throw this.failsWith;
    return answer();
  }

  rest = {
    catalog: () => this.#answer('catalog', () => CATALOG),
    lessons: () =>
      this.#answer('lessons', () => ({
        lessons: [{ id: 'init-zero', title: 'Zero', chapter: 'Initialisation' as const, diagnoses: [] }],
      })),
    lesson: (id) =>
      this.#answer(
        `lesson ${id}`,
        () =>
          ({
            id,
            spec: { ...SPEC, name: 'Taught' },
            remedy: { spec: { ...SPEC, name: 'Mended' } },
          }) as unknown as Lesson,
      ),
    runs: () => this.#answer('runs', () => ({ runs: [...this.runs.values()].reverse(), total: this.runs.size })),
    run: (id) => this.#answer(`run ${id}`, () => this.view(id)),
    check: () => this.#answer('check', () => this.check),
    preview: () => this.#answer('preview', () => ({}) as never),
    create: (spec, { start, replaces }) => {
      if (!this.check.ok) return this.#answer('create', () => this.check);
      return this.#answer(`create ${start}${replaces ? ` for ${replaces}` : ''}`, () =>
        this.add(spec, start ? 'running' : 'paused'),
      );
    },
    change: (id, change) =>
      this.#answer(`change ${id}`, () => {
        this.changes.push(change);
        return this.put(id, { step: 40 });
      }),
    control: (id, control) =>
      this.#answer(`${control} ${id}`, () =>
        this.put(id, { status: control === 'pause' ? 'paused' : control === 'stop' ? 'stopped' : 'running' }),
      ),
    fork: (id, wish, { start }) =>
      this.#answer(`fork ${id} ${start} ${JSON.stringify(wish)}`, () => {
        const spec = { ...this.view(id).spec, optimizer: { kind: 'sgd', lr: 0.02 } } as RunSpec;
        const child = this.add(spec, start ? 'running' : 'paused', wish.at_step ?? this.view(id).step);
        return this.put(child.id, { parent: id, forked_at: child.step });
      }),
    frameAt: () => this.#answer('frame', () => null),
    recordedSteps: () => this.#answer('steps', () => []),
    step: (id, count) => this.#answer(`step ${id} ${count}`, () => this.view(id)),
    remove: (id) => this.#answer(`remove ${id}`, () => void this.runs.delete(id)),
    recorded: () => this.#answer('recorded', () => new Uint8Array([0x90])),
  } satisfies Partial<Rest> as unknown as Rest;

  /** Calls that change something. */
  get acts(): string[] {
    return this.calls.filter((call) => /^(create|change|fork|pause|resume|stop|step|remove) /.test(call));
  }
}
