/** Statistics of a normalisation layer: channel by channel, through time, and which numbers share them. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatNumber } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { plannedEnd, type Range } from '../../draw/ticks';
import type { CheckResult } from '../../generated/schemas';
import { asShape, type ChannelsItem, type FrameOf } from '../../words/frames';
import type { Cursor } from '../cursor';
import {
  type Choice,
  chosen,
  type Drawing,
  type Drawn,
  drawn,
  type Options,
  type Scene,
  shownFrame,
  type Table,
} from '../drawing';
import { paintSharing, toldOf } from '../norms/blocks';
import { ChannelSelect } from '../norms/ChannelSelect';
import {
  type Moment,
  nearestAt,
  type Past,
  type Place,
  paintPast,
  paintSteps,
  pastOf,
  pastSpan,
  pastTip,
} from '../norms/past';
import { Picture } from '../picture';
import { checkOf } from '../props';
import type { TipRow } from '../tip';
import { Freshness, metaOf } from '../words';
import {
  dataOf,
  leftOf,
  numChannels,
  type Plot,
  paintFoot,
  paintPlot,
  plotsOf,
  spanOf,
  summaryOf,
  tipRows,
} from './channels';

export const CHANNELS_VIEW: Choice = {
  name: 'view',
  label: 'Show',
  place: 'head',
  values: [
    { value: 'now', label: 'now', icon: 'rings' },
    { value: 'time', label: 'through time', icon: 'curve' },
    { value: 'sharing', label: 'what shares', icon: 'block' },
  ],
};
export const STATISTICS: Choice = {
  name: 'statistics',
  label: 'Statistics',
  place: 'foot',
  values: [
    { value: 'moments', label: 'μ σ²' },
    { value: 'affine', label: 'γ β' },
  ],
  isOffered: (options: Options) => chosen(options, CHANNELS_VIEW) !== 'sharing',
};
const LAYER = 'layer';
/** Name of the option that holds the channel drawn through time; all where it is left out. */
const CHANNEL = 'channel';

type ChannelsFrame = FrameOf<'channels'>;

/** A norm that was not given a name is called after the layer that it follows: that is what a reader looks for. */
export function labelOf(id: string, check: CheckResult | null): string {
  const node = check?.nodes.find((one) => one.id === id);
  const before = check?.nodes.find((one) => one.id === node?.inputs[0]);
  const isNameless = node !== undefined && id.startsWith(`${node.kind}_`);
  return isNameless && before && before.parameters > 0 ? before.id : id;
}

export class ChannelsDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #select: ChannelSelect;
  readonly #fresh = new Freshness();
  readonly #limits = [new StickyLimits({ most: 4 }), new StickyLimits({ most: 4 })] as const;
  readonly #redraw: () => void;
  #of = '';
  #near: number | null = null;
  #pin: (channel: number | null) => void = () => undefined;
  #cursor: Cursor | null = null;
  #leaveCursor: () => void = () => undefined;

  constructor(host: HTMLElement, redraw: () => void = () => undefined) {
    this.#redraw = redraw;
    this.#picture = new Picture(host);
    this.#select = new ChannelSelect(host);
    this.#picture.canvas.addEventListener('click', this.#click);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'channels');
    const item = frame && itemOf(frame, scene);
    const pen = this.#picture.pen(scene);
    const view = chosen(scene.options, CHANNELS_VIEW);
    if (view !== 'time') this.#select.hide();
    if (!frame || !item) return drawn({ meta: 'no steps yet' });
    const which = chosen(scene.options, STATISTICS);
    const plots = plotsOf(item, which);
    const num = numChannels(plots);
    const isSome = num > 0 && (item.total ?? 0) > num && view === 'now';
    const common = {
      step: frame.step,
      unit: labelOf(item.node, checkOf(scene.props)),
      layer: item.node,
      meta: `${isSome ? `${num} of ${item.total} shown · ` : ''}${metaOf(frame, scene.size)}`,
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      layers: frame.items.map(({ node }) => ({ value: node, label: labelOf(node, checkOf(scene.props)) })),
    };
    if (view === 'sharing' && item.input_shape) {
      const words = toldOf(item, frame.num_samples);
      if (pen) this.#picture.lookup = paintSharing(pen, item, frame.num_samples, scene.size);
      this.#picture.refreshTip();
      const digest = new Digest().addText(words.map((one) => one.words).join());
      const summary = words.map((one) => `${one.kind}: ${one.words}`).join('; ');
      return drawn({ ...common, state: { kind: 'ready' }, digest: digest.toString(), summary: `${summary}.` });
    }
    if (num === 0) {
      this.#select.hide();
      const text = which === 'affine' ? 'has no γ and β.' : 'keeps no statistics.';
      return drawn({ ...common, state: { kind: 'nothing_here', text: `${item.node} ${text}` } });
    }
    const key = `${scene.props.record?.id} ${item.node} ${which} ${view}`;
    const digest = new Digest();
    if (view === 'time') {
      const past = pastOf(momentsOf(scene, frame, item.node), which, channelOf(scene));
      if (pen) this.#paintTime(pen, scene, past, `${key} ${channelOf(scene)}`, frame.step, num);
      for (const { traces } of past.plots)
        for (const { ring, bar } of traces) for (const values of [ring, bar]) if (values) digest.addAll(values);
    } else {
      if (pen) this.#paint(pen, scene, plots, key, item);
      for (const plot of plots) for (const values of [plot.ring, plot.bar]) if (values) digest.addAll(values);
    }
    return drawn({
      ...common,
      state: { kind: 'ready' },
      digest: digest.toString(),
      summary: summaryOf(item, plots, frame.step),
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'channels');
    const item = frame && itemOf(frame, scene);
    const view = chosen(scene.options, CHANNELS_VIEW);
    if (!frame || !item) return { columns: ['channel', ...COLUMNS], rows: [] };
    if (view === 'sharing') return sharingTable(item, frame.num_samples);
    if (view === 'time') return pastTable(momentsOf(scene, frame, item.node), channelOf(scene));
    return { columns: ['channel', ...COLUMNS], rows: rowsOf(item) };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#leaveCursor();
    this.#picture.canvas.removeEventListener('click', this.#click);
    this.#picture.dispose();
  }

  /** The step hovered in another panel has its line here too. */
  #follow(cursor: Cursor): void {
    if (cursor === this.#cursor) return;
    this.#leaveCursor();
    this.#cursor = cursor;
    this.#leaveCursor = cursor.subscribe(this.#redraw);
  }

  #click = (): void => this.#pin(this.#near);

  #axes(key: string, spans: readonly Range[], now: number): Range[] {
    if (key !== this.#of) for (const limits of this.#limits) limits.reset();
    this.#of = key;
    return spans.map((span, i) => (this.#limits[i] as StickyLimits).update(span, now));
  }

  #paintTime(pen: Pen, scene: Scene, past: Past, key: string, step: number, num: number): void {
    const channel = channelOf(scene);
    this.#select.show(num, channel, (value) => scene.setOption(CHANNEL, value));
    const limits = this.#axes(key, past.plots.map(pastSpan), scene.now);
    const foot = 40 * pen.theme.textScale;
    const half = (pen.height - foot) / 2;
    const left = leftAt(
      pen,
      scene,
      past.plots.map(({ plot }) => plot),
      limits,
      half,
    );
    const steps: Range = [0, plannedEnd(scene.props.plannedSteps, step)];
    const places: Place[] = past.plots.map((_, i) => ({
      left,
      top: half * i,
      height: half - 2,
      steps,
      limits: limits[i] as Range,
    }));
    const near = this.#near;
    past.plots.forEach((_, i) => {
      paintPast(pen, past, i, places[i] as Place, near);
    });
    const { cursor, viewStep } = scene.props;
    paintSteps(pen, past, places[0] as Place, 2 * half, cursor.step ?? viewStep ?? null);
    this.#follow(cursor);
    this.#pin = (found) => scene.setOption(CHANNEL, channel === null && found !== null ? String(found) : 'all');
    this.#picture.lookup = (x, y) => {
      const found = nearestAt(pen, past, places, x, y);
      if ((found?.channel ?? null) !== this.#near) {
        this.#near = found?.channel ?? null;
        this.#redraw();
      }
      if (!found) return null;
      return { rows: pastTip(past, found.moment, found.channel, pen.colour('train')) };
    };
    this.#picture.refreshTip();
  }

  #paint(pen: Pen, scene: Scene, plots: readonly [Plot, Plot], key: string, item: ChannelsItem): void {
    const limits = this.#axes(key, plots.map(spanOf), scene.now);
    const foot = 20 * pen.theme.textScale;
    const half = (pen.height - foot) / 2;
    const left = leftAt(pen, scene, plots, limits, half);
    plots.forEach((plot, i) => {
      paintPlot(pen, plot, limits[i] as Range, { left, top: half * i, height: half - 2 }, numChannels(plots));
    });
    paintFoot(pen, plots, left, item, scene.size === 'S');
    this.#pin = () => undefined;
    const width = (pen.width - left) / numChannels(plots);
    this.#picture.lookup = (x) => {
      const channel = Math.floor((x - left) / width);
      if (channel < 0 || channel >= numChannels(plots)) return null;
      return {
        rows: [...tipRows(plots, item, channel, pen.colour('train')), ...undoRows(item, plots, channel)],
        x: left + (channel + 0.5) * width,
        clear: width / 2,
      };
    };
    this.#picture.refreshTip();
  }
}

function leftAt(pen: Pen, scene: Scene, plots: readonly Plot[], limits: readonly Range[], half: number): number {
  const usual = (scene.size === 'S' ? 56 : 64) * pen.theme.textScale;
  const names = plots.map(({ name }) => name);
  return leftOf(pen, names, limits, half - 2, usual);
}

const COLUMNS = ['batch_mean', 'batch_var', 'running_mean', 'running_var', 'weight', 'bias'] as const;

const itemOf = (frame: ChannelsFrame, scene: Scene): ChannelsItem | undefined =>
  frame.items.find((one) => one.node === scene.options[LAYER]) ?? frame.items[0];

function channelOf({ options }: Scene): number | null {
  const value = Number.parseInt(options[CHANNEL] ?? '', 10);
  return Number.isNaN(value) ? null : value;
}

/** The norm in each recorded frame up to the shown one. */
function momentsOf(scene: Scene, shown: ChannelsFrame, node: string): Moment[] {
  const history = scene.props.record?.frames.history(scene.probe) ?? [];
  return [...history.filter((one) => one.step < shown.step), shown].flatMap((one) => {
    const item = asShape(one as ChannelsFrame, 'channels')?.items.find((candidate) => candidate.node === node);
    return item ? [{ step: one.step, item }] : [];
  });
}

const textAt = (values: ArrayLike<number> | null, index: number): string =>
  values?.[index] === undefined ? '' : String(values[index]);

function rowsOf(item: ChannelsItem): string[][] {
  const values = COLUMNS.map((name) => dataOf(item[name]));
  const length = Math.max(0, ...values.map((array) => array?.length ?? 0));
  return Array.from({ length }, (_, i) => [String(i + 1), ...values.map((array) => textAt(array, i))]);
}

function pastTable(moments: readonly Moment[], channel: number | null): Table {
  const rows = moments.flatMap(({ step, item }) =>
    rowsOf(item)
      .filter((_, i) => channel === null || channel === i)
      .map((row) => [String(step), ...row]),
  );
  return { columns: ['step', 'channel', ...COLUMNS], rows };
}

function sharingTable(item: ChannelsItem, batch: number): Table {
  const rows = toldOf(item, batch).map(({ kind, counts }) => [
    kind,
    counts?.axes ?? '',
    String(counts?.means ?? ''),
    String(counts?.values ?? ''),
  ]);
  return { columns: ['norm', 'shared over', 'means', 'values in each'], rows };
}

/** Where γ and β would have to stand to undo a batch norm. */
function undoRows(item: ChannelsItem, plots: readonly [Plot, Plot], channel: number): TipRow[] {
  const [mean, variance] = [item.batch_mean?.data[channel], item.batch_var?.data[channel]];
  if (plots[0].name !== 'γ' || item.kind !== 'batch_norm' || mean === undefined || variance === undefined) return [];
  const [sigma, mu] = [formatNumber(Math.sqrt(variance)), formatNumber(mean)];
  return [{ name: 'would undo the norm', value: `γ = σ = ${sigma}, β = μ = ${mu}` }];
}
