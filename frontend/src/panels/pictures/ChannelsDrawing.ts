/** Statistics of a normalisation layer, channel by channel. */
import type { Pen } from '../../draw/canvas';
import { Digest } from '../../draw/digest';
import { StickyLimits } from '../../draw/limits';
import type { CheckResult } from '../../generated/schemas';
import { asShape, type ChannelsItem } from '../../words/frames';
import { type Choice, chosen, type Drawing, type Drawn, drawn, type Scene, shownFrame, type Table } from '../drawing';
import { Picture } from '../picture';
import { checkOf } from '../props';
import { Freshness, metaOf } from '../words';
import { dataOf, numChannels, type Plot, paintFoot, paintPlot, plotsOf, spanOf, summaryOf, tipRows } from './channels';

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
        ...values.map((array) => (array?.[i] === undefined ? '' : String(array[i]))),
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
