/** A Plotly chart of curves with its hover, its zoom and axes that stand still; a drawing gives it the values. */
import { Chart } from '../../draw/chart';
import { theme } from '../../draw/colours';
import { StickyLimits } from '../../draw/limits';
import type { Range } from '../../draw/ticks';
import type { Scene } from '../drawing';
import { Zoom } from '../series/Zoom';
import { linesFigure } from './figure';
import { LinesHover } from './LinesHover';
import type { LinesPlan } from './plan';
import { xSpan, ySpan } from './span';

export class LinesChart {
  readonly #chart: Chart;
  readonly #hover: LinesHover;
  readonly #zoom = new Zoom();
  readonly #limits = new StickyLimits();
  #of = '';

  constructor(host: HTMLElement, redraw: () => void) {
    const plot = document.createElement('div');
    plot.className = 'panel-chart';
    host.append(plot);
    this.#chart = new Chart(plot, this.#zoom);
    this.#zoom.listen(redraw);
    this.#hover = new LinesHover(host, redraw);
  }

  /**
   * @param of What it is of: another one lets go of axes and zoom.
   * @param saysY True where the head has no room for what y is.
   */
  draw(scene: Scene, plan: LinesPlan, of: string, saysY: boolean): void {
    const key = [of, plan.isLogY, plan.isTime].join(' ');
    if (key !== this.#of) {
      this.#limits.reset();
      this.#zoom.clear();
    }
    this.#of = key;
    const figure = {
      ...plan,
      x: this.#xRange(plan),
      y: this.#zoom.yOn(plan.isLogY) ?? this.#yLimits(plan, scene.now),
      width: scene.width,
      height: scene.height,
      isSmall: scene.size === 'S',
      near: this.#hover.near,
      saysY,
      revision: this.#zoom.revision,
      theme: theme(),
    };
    this.#chart.draw(linesFigure(figure));
    this.#hover.update(figure, scene.props.cursor);
  }

  /** There is nothing to point at. */
  hide(): void {
    this.#hover.hide();
  }

  image(format: 'png' | 'svg'): Promise<string> {
    return this.#chart.image(format, theme().colours['bg-surface']);
  }

  dispose(): void {
    this.#hover.dispose();
    this.#chart.dispose();
  }

  #xRange(plan: LinesPlan): Range {
    const zoomed = this.#zoom.x;
    if (!zoomed) return xSpan(plan);
    return plan.isLogX ? [10 ** zoomed[0], 10 ** zoomed[1]] : zoomed;
  }

  #yLimits(plan: LinesPlan, now: number): Range {
    const needed = ySpan(plan);
    if (!needed) return plan.isLogY ? [0.01, 10] : [0, 1];
    if (!plan.isLogY) return this.#limits.update(needed, now);
    const [low, high] = this.#limits.update([Math.log10(needed[0]), Math.log10(needed[1])], now);
    return [10 ** low, 10 ** high];
  }
}
