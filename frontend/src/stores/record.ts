/** Everything the page knows of one run. Messages go in by `apply`, panels read and subscribe. */
import type { Diagnosis, EventKind, RunEvent, RunProgress, RunView, ServerMessage } from '../generated/schemas';
import { CurveStore } from './curves';
import { withDiagnosis } from './diagnoses';
import { FrameStore } from './frames';
import { type Schedule, Signal } from './signal';

/** Something that happened at a step, drawn on the curves and the timeline. */
export interface Mark {
  readonly step: number;
  readonly text: string;
  readonly kind: EventKind;
  /** The whole sentence, where the text is only a few words of it. */
  readonly story?: string;
  /** Of a diagnosis. */
  readonly severity?: Diagnosis['severity'];
}

const IDLE: RunProgress = {
  status: 'queued',
  reason: null,
  step: 0,
  epoch: 0,
  latest: {},
  rates: {
    steps_per_second: 0,
    samples_per_second: 0,
    telemetry_share: 0,
    data_share: 0,
    engine: 'eager',
    examined_step: null,
  },
};

/** A diagnosis is marked once, where it began; that it is over is told in words only. */
function asMarks(events: readonly RunEvent[]): Mark[] {
  const isLast = (event: RunEvent, at: number): boolean =>
    !events.some(
      ({ diagnosis, step }, other) =>
        other > at && diagnosis?.kind === event.diagnosis?.kind && step === event.step && !diagnosis?.is_over,
    );
  return events.flatMap((event, at) => {
    const { step, text, kind, diagnosis } = event;
    if (!diagnosis) return [{ step, text, kind }];
    return diagnosis.is_over || !isLast(event, at)
      ? []
      : [{ step, text: diagnosis.kind.replaceAll('_', ' '), kind, story: text, severity: diagnosis.severity }];
  });
}

/** What comes of a run that is being replaced is not drawn for so long: the new one has the page for itself. */
const LEAVES_MS = 600;

export class RunRecord extends Signal {
  readonly id: string;
  readonly curves: CurveStore;
  readonly frames: FrameStore;
  marks: readonly Mark[] = [];
  events: readonly RunEvent[] = [];
  progress: RunProgress = IDLE;
  view: RunView | null = null;
  /** What was found, in the order in which it was first told. */
  diagnoses: readonly Diagnosis[] = [];
  /** Number of the last message that was read; null before the first. */
  seq: number | null = null;
  /** True while the connection is down: what is shown is as of the last message. */
  isStale = false;
  /** When another run began to be made in its place, by `performance.now`. */
  leftAt = Number.NEGATIVE_INFINITY;
  /** Until when its first pictures are waited for, while those of the run before stand; by `performance.now`. */
  awaitedUntil = Number.NEGATIVE_INFINITY;

  constructor(id: string, schedule?: Schedule) {
    super(schedule);
    this.id = id;
    this.curves = new CurveStore(schedule);
    this.frames = new FrameStore(schedule);
  }

  /** True while another run is being made in its place. */
  get isBeingReplaced(): boolean {
    return performance.now() - this.leftAt < LEAVES_MS;
  }

  /**
   * Takes in one message of the stream.
   *
   * @returns False when a message is missing before this one: then a snapshot is to be asked for.
   */
  apply(message: ServerMessage): boolean {
    if (!('seq' in message) || message.run !== this.id) return true;
    if (message.type !== 'snapshot') {
      if (this.seq === null || message.seq > this.seq + 1) return false;
      if (message.seq <= this.seq) return true;
    }
    this.seq = message.seq;
    switch (message.type) {
      case 'snapshot':
        this.curves.replace(message.scalars);
        this.setEvents(message.events);
        this.setView(message.view);
        break;
      case 'scalars':
        this.curves.append(message.scalars);
        break;
      case 'event':
        this.setEvents([...this.events, message.event]);
        this.diagnoses = withDiagnosis(this.diagnoses, message.event);
        break;
      case 'progress':
        this.progress = message.progress;
        break;
    }
    this.changed();
    return true;
  }

  setView(view: RunView): void {
    this.view = view;
    this.progress = view;
    this.diagnoses = view.diagnoses ?? [];
    this.changed();
  }

  setStale(isStale: boolean): void {
    if (this.isStale === isStale) return;
    this.isStale = isStale;
    this.changed();
  }

  private setEvents(events: readonly RunEvent[]): void {
    this.events = events;
    this.marks = asMarks(events);
  }
}
