/** One optimizer step in slow motion: walked through by hand or by itself, then taken by the run. */
import { theme } from '../../draw/colours';
import { Digest } from '../../draw/digest';
import { formatCount } from '../../draw/format';
import { asShape, type FrameOf, type StepItem } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { metaOf } from '../words';
import { Bar } from './Bar';
import { List } from './List';
import { Sheet } from './Sheet';
import { headOf, nodeOf, PHASES, startOf, summaryOf } from './walk';
import './step.css';

export const PACE: Choice = {
  name: 'pace',
  label: 'Pace',
  place: 'menu',
  standard: '2.5',
  values: [
    { value: '5', label: 'Slow' },
    { value: '2.5', label: 'Usual' },
    { value: '1', label: 'Quick' },
  ],
};

export class StepDrawing implements Drawing {
  readonly #host: HTMLElement;
  /** The whole panel: keys work as soon as it has the focus. */
  readonly #figure: HTMLElement;
  readonly #redraw: () => void;
  readonly #bar: Bar;
  readonly #sheet = new Sheet();
  readonly #list = new List((at) => this.#go(at));
  #scene: Scene | null = null;
  #frame: FrameOf<'step'> | undefined;
  #at = 0;
  #shown = '';
  #pointed: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: HTMLElement, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#bar = new Bar({
      go: (by) => this.#go(this.#at + by),
      jump: (phase) => this.#go(startOf(this.#items, phase)),
      play: () => (this.#timer === null ? this.#play() : this.#stop()),
      take: () => this.#scene?.props.onAction({ type: 'step' }),
    });
    host.classList.add('step');
    const body = document.createElement('div');
    body.className = 'step-body';
    body.append(this.#list.element, this.#sheet.element);
    host.append(this.#bar.element, body);
    this.#figure = host.closest('figure') ?? host;
    this.#figure.addEventListener('keydown', this.#key);
  }

  draw(scene: Scene): Drawn {
    this.#scene = scene;
    const frame = asShape(shownFrame(scene), 'step');
    const isNew = frame?.step !== this.#frame?.step || frame?.run !== this.#frame?.run;
    this.#frame = frame;
    // The next step begins with its batch.
    if (isNew) this.#at = 0;
    this.#bar.element.hidden = this.#sheet.element.hidden = !frame;
    this.#list.element.hidden = !frame || scene.size !== 'L';
    const item = this.#items[this.#at];
    if (!frame || !item) {
      this.#point(null);
      return drawn({ meta: 'no steps yet' });
    }
    this.#show(scene, frame, item);
    return drawn({
      state: { kind: 'ready' },
      step: frame.step,
      unit: `step ${formatCount(frame.step + 1)}`,
      meta: metaOf(frame, scene.size),
      digest: digestOf(item),
      summary: summaryOf(this.#items, this.#at, frame.step),
    });
  }

  /** The numbers are text: this holds them all, and a picture of them would hold less. */
  table(scene: Scene): Table {
    const items = asShape(shownFrame(scene), 'step')?.items ?? [];
    const rows = items.flatMap((item) => [
      ...item.terms.map(({ name, numbers }) => [
        item.phase,
        headOf(item),
        `${item.columns.join(', ')} of ${name}`,
        numbers.join(' '),
      ]),
      ...item.values.map(({ symbol, value, text }) => [
        item.phase,
        headOf(item),
        text || symbol,
        value === null ? '' : String(value),
      ]),
    ]);
    return { columns: ['phase', 'place', 'number', 'value'], rows };
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#point(null);
    this.#figure.removeEventListener('keydown', this.#key);
    this.#host.classList.remove('step');
    this.#host.replaceChildren();
  }

  get #items(): readonly StepItem[] {
    return this.#frame?.items ?? [];
  }

  #show(scene: Scene, frame: FrameOf<'step'>, item: StepItem): void {
    const { record, viewStep } = scene.props;
    const isHere = (viewStep ?? null) === null && record?.progress.step === frame.step;
    this.#bar.show({
      at: this.#at,
      num: this.#items.length,
      phase: item.phase,
      present: new Set(PHASES.filter((phase) => startOf(this.#items, phase) >= 0)),
      isPlaying: this.#timer !== null,
      take: isHere ? `Take step ${formatCount(frame.step + 1)}` : null,
    });
    this.#host.dataset.phase = item.phase;
    this.#host.dataset.node = item.node;
    const key = [frame.run, frame.step, this.#at, scene.width, scene.size, theme().name, theme().textScale].join();
    if (key !== this.#shown) this.#sheet.show(item, roomOf(scene));
    if (scene.size === 'L') this.#list.show(this.#items, this.#at);
    this.#shown = key;
    this.#point(this.#at > 0 ? nodeOf(item) : null);
  }

  #go(to: number): void {
    this.#at = Math.min(Math.max(0, to), Math.max(0, this.#items.length - 1));
    if (this.#timer !== null) this.#play();
    this.#redraw();
  }

  /** Goes on by itself until the last phase. */
  #play(): void {
    this.#stop();
    const seconds = Number(chosen(this.#scene?.options ?? {}, PACE)) || 2.5;
    if (this.#at >= this.#items.length - 1) this.#at = 0;
    this.#timer = setTimeout(() => {
      if (this.#at >= this.#items.length - 2) this.#stop();
      this.#go(this.#at + 1);
    }, 1000 * seconds);
    this.#redraw();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#redraw();
  }

  #point(node: string | null): void {
    if (node === this.#pointed) return;
    this.#pointed = node;
    this.#scene?.props.onNode?.(node);
  }

  /** From anywhere in the panel but its form and its head. */
  #key = (event: KeyboardEvent): void => {
    const to = placeBy(event.key, this.#at, this.#items.length);
    const target = event.target as HTMLElement;
    const isOurs = target === this.#figure || this.#host.contains(target);
    if (to === null || !isOurs || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#go(to);
    this.#list.follow(this.#at);
  };
}

/** Where a key goes; null where it goes nowhere. */
function placeBy(key: string, at: number, num: number): number | null {
  if (num === 0) return null;
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -at, End: num - 1 - at }[key];
  return by === undefined ? null : at + by;
}

const LIST_WIDTH = 232;

/** Of the picture of what a node gave. */
const roomOf = ({ size, width, height }: Scene): { width: number; height: number } =>
  size === 'L'
    ? { width: Math.max(240, width - LIST_WIDTH), height: Math.max(96, 0.4 * height) }
    : { width: Math.min(width, 420), height: 96 };

function digestOf(item: StepItem): string {
  const digest = new Digest().addText(`${item.phase} ${item.node}`);
  for (const { value } of item.values) digest.add(value ?? Number.NaN);
  for (const { numbers } of item.terms) digest.addAll(numbers.map((number) => number ?? Number.NaN));
  return digest.toString();
}
