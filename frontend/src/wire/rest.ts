/** Calls of the REST API. A refusal becomes a `Refused` with the problems that the server named. */
import type {
  AnalysisRequest,
  AnalysisView,
  AugmentBatchRequest,
  AugmentGalleryRequest,
  Catalog,
  CheckpointList,
  CheckRequest,
  CheckResult,
  DatasetList,
  DatasetPreview,
  ForkRequest,
  FrameList,
  Health,
  Lesson,
  LessonList,
  Original,
  PreviewRequest,
  Problem,
  ProblemDetails,
  Recording,
  RunChange,
  RunList,
  RunSpec,
  RunView,
  ScalarsAnswer,
  SchedulePreview,
  SuggestedRate,
  TableForm,
  Upload,
} from '../generated/schemas';

/** The server understood and said no. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(details: ProblemDetails) {
    super(details.detail);
    this.name = 'Refused';
    this.status = details.status;
    this.code = details.code;
    this.problems = details.errors;
  }

  /** What is wrong and what helps, without the place in a spec that nobody wrote by hand. */
  get words(): string {
    const [first] = this.problems;
    return first ? [first.message, first.hint].filter(Boolean).join(' ') : this.message;
  }
}

/** No answer came: the server is gone, or the network is. */
export class Unreachable extends Error {
  constructor() {
    super('Layerlab does not answer.');
    this.name = 'Unreachable';
  }
}

/** A value of which any part may be left out. */
type Partly<T> = {
  [Key in keyof T]?: NonNullable<T[Key]> extends object ? Partly<NonNullable<T[Key]>> | null : T[Key] | null;
};
export type Change = Partly<RunChange>;
export type Control = 'pause' | 'resume' | 'stop';

async function ask<Answer>(
  method: string,
  path: string,
  body?: unknown,
  options?: Pick<RequestInit, 'headers' | 'signal'>,
): Promise<Answer> {
  const response = await send(method, path, body, options);
  if (!response.ok) throw new Refused(await detailsOf(response));
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function send(
  method: string,
  path: string,
  body: unknown,
  { headers, signal }: Pick<RequestInit, 'headers' | 'signal'> = {},
): Promise<Response> {
  const init: RequestInit = { method, headers: { ...headers }, signal: signal ?? null };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...headers, 'Content-Type': 'application/json' };
  }
  try {
    return await fetch(`/api${path}`, init);
  } catch {
    throw new Unreachable();
  }
}

/** What the server says against a call. */
export async function detailsOf(response: Response): Promise<ProblemDetails> {
  try {
    const details = (await response.json()) as Partial<ProblemDetails>;
    if (typeof details.detail === 'string') return { code: 'refused', errors: [], ...details } as ProblemDetails;
  } catch {
    // The body is no JSON: what stands between us and the server answered. The status says the rest.
  }
  const detail = `The server answered ${response.status}.`;
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: 'refused',
    detail,
    instance: null,
    errors: [],
  };
}

async function bytes(path: string, body?: unknown): Promise<Uint8Array> {
  const response = await send(body ? 'POST' : 'GET', path, body, { headers: { Accept: 'application/x-msgpack' } });
  if (!response.ok) throw new Refused(await detailsOf(response));
  return new Uint8Array(await response.arrayBuffer());
}

const dataset = (id: string, rest = ''): string => `/datasets/${encodeURIComponent(id)}${rest}`;
const run = (id: string, rest = ''): string => `/runs/${encodeURIComponent(id)}${rest}`;

export const rest = {
  catalog: () => ask<Catalog>('GET', '/catalog'),
  health: () => ask<Health>('GET', '/health'),
  check: (request: Partial<CheckRequest>) => ask<CheckResult>('POST', '/graphs/check', request),
  preview: (request: Partial<PreviewRequest>) => ask<DatasetPreview>('POST', '/datasets/preview', request),
  /** A sample under augmentations, as a message pack frame of images. */
  augmentGallery: (request: Partial<AugmentGalleryRequest>) => bytes('/augment/gallery', request),
  /** The first batch of a run, as stored and as the network reads it, in the same form. */
  augmentBatch: (request: Partial<AugmentBatchRequest>) => bytes('/augment/batch', request),
  /** Files of data on the server. */
  datasets: () => ask<DatasetList>('GET', '/datasets'),
  upload: (id: string) => ask<Upload>('GET', dataset(id)),
  /** A look at an upload, read as its own fields say. */
  previewUpload: (id: string) => ask<DatasetPreview>('GET', dataset(id, '/preview')),
  /** Reads a table that is there in another form. */
  readOtherwise: (id: string, form: TableForm) => ask<Upload>('POST', dataset(id, '/readings'), form),
  removeUpload: (id: string) => ask<void>('DELETE', dataset(id)),
  /** Has the original files of a well-known set fetched by the server. */
  fetchOriginal: (name: string) => ask<Original>('POST', dataset(name, '/fetch')),
  cancelFetch: (name: string) => ask<void>('DELETE', dataset(name, '/fetch')),
  lessons: () => ask<LessonList>('GET', '/lessons'),
  lesson: (id: string) => ask<Lesson>('GET', `/lessons/${encodeURIComponent(id)}`),
  runs: (limit = 20) => ask<RunList>('GET', `/runs?limit=${limit}`),
  run: (id: string) => ask<RunView>('GET', run(id)),
  /**
   * Starts a run, in place of another one where that is named. A spec with problems gives its check. The key makes a
   * repeated call (after a lost answer) the same run.
   */
  create: (spec: RunSpec, { start, key, replaces }: { start: boolean; key: string; replaces?: string }) =>
    ask<RunView | CheckResult>(
      'POST',
      `/runs?start=${start}&lenient=true${replaces ? `&replaces=${encodeURIComponent(replaces)}` : ''}`,
      spec,
      { headers: { 'Idempotency-Key': key } },
    ),
  /** A run that goes on from a checkpoint of this one. */
  fork: (id: string, wish: Partial<ForkRequest>, options: { start: boolean; key: string }) =>
    ask<RunView>('POST', run(id, `/fork?start=${options.start}`), wish, {
      headers: { 'Idempotency-Key': options.key },
    }),
  checkpoints: (id: string) => ask<CheckpointList>('GET', run(id, '/checkpoints')),
  change: (id: string, change: Change) => ask<RunView>('PATCH', run(id), change),
  control: (id: string, control: Control) => ask<RunView>('POST', run(id, `/${control}`)),
  step: (id: string, count: number) => ask<RunView>('POST', run(id, `/step?count=${count}`)),
  remove: (id: string) => ask<void>('DELETE', run(id)),
  /** Recorded curves, whole. */
  scalars: (id: string, names: readonly string[]) =>
    ask<ScalarsAnswer>('GET', run(id, `/scalars?names=${encodeURIComponent(names.join(','))}`)),
  /** Recorded curves from one step to another, with the point on either side, thinned where there are more points. */
  scalarsWithin: (
    id: string,
    { names, from, to }: { names: readonly string[]; from: number; to: number },
    most: number,
    signal: AbortSignal,
  ) => {
    const asked = { names: names.join(','), from_step: `${from}`, to_step: `${to}`, max_points: `${most}` };
    return ask<ScalarsAnswer>('GET', run(id, `/scalars?${new URLSearchParams(asked)}`), undefined, { signal });
  },
  /** What a range test suggests. */
  suggestedRate: (id: string) => ask<SuggestedRate>('GET', run(id, '/suggested_rate')),
  /** The learning rate over a run that is not there yet. */
  schedulePreview: ({ data, optimizer, schedule, training }: RunSpec) =>
    ask<SchedulePreview>('POST', '/schedules/preview', { data, optimizer, schedule, training }),
  /** Starts a short run of this experiment with rates from tiny to huge. */
  rangeTest: (spec: RunSpec) => ask<RunView>('POST', '/runs/range_test', spec),
  /** The first and the last recorded frame of a probe, as far as there are any. */
  ends: (id: string, probe: string, signal: AbortSignal) =>
    ask<FrameList>('GET', run(id, `/frames/recorded?probe=${encodeURIComponent(probe)}&max=2`), undefined, { signal }),
  /** The experiment as a script of PyTorch. */
  async script(spec: RunSpec): Promise<string> {
    const response = await send('POST', '/export/python', spec);
    if (!response.ok) throw new Refused(await detailsOf(response));
    return response.text();
  },
  /** The steps at which a probe was recorded, going up. */
  recordedSteps: async (id: string, probe: string): Promise<number[]> =>
    (await ask<FrameList>('GET', run(id, `/frames/recorded?probe=${encodeURIComponent(probe)}&max=0`))).steps,
  /** What is kept of a run for time travel, and within which limits. */
  recording: (id: string) => ask<Recording>('GET', run(id, '/recording')),
  /** The frame recorded at a step or the last before it, as message pack; null where there is none. */
  async frameAt(id: string, probe: string, step: number): Promise<Uint8Array | null> {
    const path = run(id, `/frames?probe=${encodeURIComponent(probe)}&step=${step}`);
    const response = await send('GET', path, undefined, { headers: { Accept: 'application/x-msgpack' } });
    if (!response.ok) throw new Refused(await detailsOf(response));
    if (response.status === 204) return null;
    return new Uint8Array(await response.arrayBuffer());
  },
  /** The recorded frames of a probe over the whole run, as message pack. */
  async recorded(id: string, probe: string, max: number): Promise<Uint8Array> {
    return bytes(run(id, `/frames/recorded?probe=${encodeURIComponent(probe)}&max=${max}`));
  },
  /** Has something computed on a copy of the run; answers when it is done, or after so many seconds. */
  analyse: (id: string, request: AnalysisRequest, wait: number) =>
    ask<AnalysisView>('POST', run(id, `/analyses?wait=${wait}`), request),
  analysis: (id: string, analysis: string) => ask<AnalysisView>('GET', run(id, `/analyses/${analysis}`)),
  cancelAnalysis: (id: string, analysis: string) => ask<void>('DELETE', run(id, `/analyses/${analysis}`)),
  /** Its result, as message pack. */
  analysisFrame: (id: string, analysis: string) => bytes(run(id, `/analyses/${analysis}/frame`)),
};

export type Rest = typeof rest;
