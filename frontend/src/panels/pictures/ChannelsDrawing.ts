/** Statistics of a normalisation layer, channel by channel. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { formatNumber, formatTick } from '../../draw/format';
import { StickyLimits } from '../../draw/limits';
import { niceTicks, type Range } from '../../draw/ticks';
import type { CheckResult } from '../../generated/schemas';
import { asShape, type ChannelsItem, type NdArray } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { checkOf } from '../props';
import type { TipRow } from '../tip';
import { Freshness, metaOf } from '../words';

export const STATISTICS: Choice = {
  name: 'statistics',
  label: 'Show',
  place: 'foot',
  values: [
    { value: 'moments', label: 'μ σ²' },
    { value: 'affine', label: 'γ β' },
  ],
};
const LAYER = 'layer';

type Values = NdArray['data'];

/** One of the two plots: a ring for what the batch has or what was learned, a bar for what is compared with it. */
interface Plot {
  readonly name: string;
  readonly ring: Values | null;
  readonly bar: Values | null;
  /** Taken into the axis: variances start at 0. */
  readonly base: number;
}

const dataOf = (array: NdArray | null | undefined): Values | null => array?.data ?? null;

function plotsOf(item: ChannelsItem, which: string): readonly [Plot, Plot] {
  if (which === 'affine') {
    return [
      { name: 'γ', ring: dataOf(item.weight), bar: null, base: 1 },
      { name: 'β', ring: dataOf(item.bias), bar: null, base: 0 },
    ];
  }
  return [
    { name: 'mean', ring: dataOf(item.batch_mean), bar: dataOf(item.running_mean), base: 0 },
    { name: 'var', ring: dataOf(item.batch_var), bar: dataOf(item.running_var), base: 0 },
  ];
}

const numChannels = (plots: readonly Plot[]): number =>
  Math.max(0, ...plots.flatMap((plot) => [plot.ring?.length ?? 0, plot.bar?.length ?? 0]));

function spanOf(plot: Plot): Range {
  let [low, high] = [plot.base, plot.base];
  for (const values of [plot.ring, plot.bar]) {
    for (const value of values ?? []) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** A norm that was not given a name is called after the layer that it follows: that is what a reader looks for. */
export function labelOf(id: string, check: CheckResult | null): string {
  const node = check?.nodes.find((one) => one.id === id);
  const before = check?.nodes.find((one) => one.id === node?.inputs[0]);
  const isNameless = node !== undefined && id.startsWith(`${node.kind}_`);
  return isNameless && before && before.parameters > 0 ? before.id : id;
}

export class ChannelsDrawing implements Drawing {
  readonly #picture: Picture;
  readonly #fresh = new Freshness();
  readonly #limits = [new StickyLimits({ most: 4 }), new StickyLimits({ most: 4 })] as const;
  #of = '';

  constructor(host: HTMLElement) {
    this.#picture = new Picture(host);
  }

  draw(scene: Scene): Drawn {
    const frame = asShape(shownFrame(scene), 'channels');
    const item = frame?.items.find((one) => one.node === scene.options[LAYER]) ?? frame?.items[0];
    const pen = this.#picture.pen(scene);
    if (!frame || !item) return drawn({ meta: 'no steps yet' });
    const which = chosen(scene.options, STATISTICS);
    const plots = plotsOf(item, which);
    const common = {
      step: frame.step,
      unit: labelOf(item.node, checkOf(scene.props)),
      layer: item.node,
      meta: metaOf(frame, scene.size),
      tag: this.#fresh.tag(frame, scene.props, scene.props.record?.progress.step ?? 0, scene.now),
      layers: frame.items.map(({ node }) => ({ value: node, label: labelOf(node, checkOf(scene.props)) })),
    };
    if (numChannels(plots) === 0) {
      const text = which === 'affine' ? 'has no γ and β.' : 'keeps no statistics.';
      return drawn({ ...common, state: { kind: 'nothing_here', text: `${item.node} ${text}` } });
    }
    if (pen) this.#paint(pen, scene, plots, `${scene.props.record?.id} ${item.node} ${which}`, item);
    const digest = new Digest();
    for (const plot of plots) for (const values of [plot.ring, plot.bar]) if (values) digest.addAll(values);
    return drawn({
      ...common,
      state: { kind: 'ready' },
      digest: digest.toString(),
      summary: summaryOf(item, plots, frame.step),
    });
  }

  table(scene: Scene): Table {
    const frame = asShape(shownFrame(scene), 'channels');
    const item = frame?.items.find((one) => one.node === scene.options[LAYER]) ?? frame?.items[0];
    const columns = ['batch_mean', 'batch_var', 'running_mean', 'running_var', 'weight', 'bias'] as const;
    const values = columns.map((name) => (item ? dataOf(item[name]) : null));
    const length = Math.max(0, ...values.map((array) => array?.length ?? 0));
    return {
      columns: ['channel', ...columns],
      rows: Array.from({ length }, (_, i) => [
        String(i + 1),
        ...values.map((array) => (array?.[i] === undefined ? '' : formatNumber(array[i], 4))),
      ]),
    };
  }

  image(): Promise<string> {
    return this.#picture.image();
  }

  dispose(): void {
    this.#picture.dispose();
  }

  #paint(pen: Pen, scene: Scene, plots: readonly [Plot, Plot], key: string, item: ChannelsItem): void {
    if (key !== this.#of) for (const limits of this.#limits) limits.reset();
    this.#of = key;
    const left = (scene.size === 'S' ? 56 : 64) * pen.theme.textScale;
    const foot = 20 * pen.theme.textScale;
    const half = (pen.height - foot) / 2;
    plots.forEach((plot, i) => {
      const limits = (this.#limits[i] as StickyLimits).update(spanOf(plot), scene.now);
      paintPlot(pen, plot, limits, { left, top: half * i, height: half - 2 }, numChannels(plots));
    });
    paintFoot(pen, plots, left, item, scene.size === 'S');
    const width = (pen.width - left) / numChannels(plots);
    this.#picture.lookup = (x) => {
      const channel = Math.floor((x - left) / width);
      if (channel < 0 || channel >= numChannels(plots)) return null;
      return {
        rows: tipRows(plots, channel, pen.colour('train')),
        x: left + (channel + 0.5) * width,
        clear: width / 2,
      };
    };
    this.#picture.refreshTip();
  }
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

const PADDING = 8;

function paintPlot(pen: Pen, plot: Plot, [low, high]: Range, { left, top, height }: Place, num: number): void {
  const toY = (value: number): number =>
    top + height - PADDING - ((value - low) / (high - low)) * (height - 2 * PADDING);
  const ticks = niceTicks(low, high, height < 52 ? 3 : 4);
  pen.text(plot.name, 0, top + height / 2 + 4, { colour: pen.colour('ink') });
  const shown = ticks.values.length < 2 ? [low, ...ticks.values, high] : ticks.values;
  for (const value of shown) {
    pen.line(left, toY(value), pen.width, toY(value), pen.colour(value === 0 ? 'line' : 'line-faint'));
    pen.text(formatTick(value, ticks.step), left - 6, toY(value) + 4, { align: 'right' });
  }
  const spacing = (pen.width - left) / num;
  const radius = Math.min(3, Math.max(1, spacing * 0.32));
  const reach = Math.min(5, Math.max(1.5, spacing * 0.4));
  const { context } = pen;
  pen.inside({ x: left, y: top, width: pen.width - left, height }, () => {
    for (let i = 0; i < num; i += 1) {
      const x = left + (i + 0.5) * spacing;
      const [ring, bar] = [plot.ring?.[i], plot.bar?.[i]];
      if (ring !== undefined && bar !== undefined) pen.line(x, toY(ring), x, toY(bar), pen.colour('line-strong'));
      if (bar !== undefined) {
        context.fillStyle = pen.colour('ink');
        context.fillRect(x - reach, toY(bar) - 1, 2 * reach, 2);
      }
      if (ring !== undefined) paintRing(pen, x, toY(ring), radius);
    }
  });
}

function paintRing(pen: Pen, x: number, y: number, radius: number): void {
  const { context } = pen;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = pen.colour(radius > 2 ? 'bg-surface' : 'train');
  context.fill();
  context.strokeStyle = pen.colour('train');
  context.lineWidth = radius > 2 ? 1.6 : 1;
  context.stroke();
}

function paintFoot(pen: Pen, plots: readonly Plot[], left: number, item: ChannelsItem, isSmall: boolean): void {
  const baseline = pen.height - 5;
  const num = numChannels(plots);
  pen.text(isSmall ? '1' : 'channel 1', left, baseline);
  if (num > 1) pen.text(String(num), pen.width, baseline, { align: 'right' });
  const hasBars = plots.some((plot) => plot.bar);
  const isAffine = plots[0]?.name === 'γ';
  const words = isAffine ? ['learned'] : hasBars ? ['batch', 'running'] : [`batch, over ${item.axes || 'features'}`];
  const widths = words.map((word) => 18 + pen.measure(word));
  const total = widths.reduce((sum, width) => sum + width, 0) + 14 * (words.length - 1);
  let x = left + (pen.width - left - total) / 2 + (isSmall ? 0 : 12);
  words.forEach((word, i) => {
    if (i === 0) paintRing(pen, x + 5, baseline - 4, 3);
    else pen.rect({ x: x - 1, y: baseline - 5, width: 12, height: 2 }, pen.colour('ink'));
    pen.text(word, x + 15, baseline, { colour: pen.colour('ink-2') });
    x += (widths[i] as number) + 14;
  });
}

function tipRows(plots: readonly Plot[], channel: number, colour: string): TipRow[] {
  const rows: TipRow[] = [{ name: `channel ${channel + 1}` }];
  for (const plot of plots) {
    const [ring, bar] = [plot.ring?.[channel], plot.bar?.[channel]];
    const isPair = plot.bar !== null;
    if (ring !== undefined)
      rows.push({
        name: isPair ? `${plot.name}, batch` : plot.name,
        value: formatNumber(ring),
        colour,
        isStrong: true,
      });
    if (bar !== undefined) rows.push({ name: `${plot.name}, running`, value: formatNumber(bar) });
  }
  return rows;
}

function summaryOf(item: ChannelsItem, plots: readonly Plot[], step: number): string {
  const parts = plots.flatMap((plot) => {
    if (!plot.ring) return [];
    const [low, high] = [Math.min(...plot.ring), Math.max(...plot.ring)];
    return [`${plot.name} from ${formatNumber(low, 2)} to ${formatNumber(high, 2)}`];
  });
  return `${item.node} at step ${step}, ${numChannels(plots)} channels: ${parts.join(', ')}.`;
}
