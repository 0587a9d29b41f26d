/** The one place that knows Plotly: loads it when first needed, draws the newest figure, and cleans up. */
import type { GraphDiv } from 'plotly.js-cartesian-dist-min';
import type { Box } from './canvas';

type Plotly = typeof import('plotly.js-cartesian-dist-min')['default'];

let plotly: Plotly | null = null;
let loading: Promise<Plotly> | null = null;

/** Starts to load the library, once. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= import('plotly.js-cartesian-dist-min').then((module) => {
    plotly = module.default;
    return plotly;
  });
  return loading;
}

/** No mode bar, nothing that sends data away, and a wheel that scrolls the page. */
const CONFIG = {
  displayModeBar: false,
  showSendToCloud: false,
  displaylogo: false,
  scrollZoom: false,
  responsive: false,
  doubleClick: 'reset',
  showTips: false,
} as const;

export interface Margins {
  readonly l: number;
  readonly r: number;
  readonly t: number;
  readonly b: number;
}

export interface Figure {
  readonly data: readonly object[];
  readonly layout: object;
  readonly margins: Margins;
  readonly width: number;
  readonly height: number;
}

/** Where the axes lie on the screen, also after a zoom. */
export interface Axes {
  readonly box: Box;
  readonly x: readonly [number, number];
  /** On a logarithmic axis these are powers of ten. */
  readonly y: readonly [number, number];
  readonly isLog: boolean;
}

export class Chart {
  readonly #host: HTMLElement;
  readonly #onZoom: () => void;
  #figure: Figure | null = null;
  #isDisposed = false;
  #isListening = false;

  /** @param onZoom Told when a person zooms or resets the axes. */
  constructor(host: HTMLElement, onZoom: () => void = () => undefined) {
    this.#host = host;
    this.#onZoom = onZoom;
  }

  /** Draws now where the library is there, otherwise the newest figure as soon as it is. */
  draw(figure: Figure): void {
    const isFirst = this.#figure === null;
    this.#figure = figure;
    if (plotly) this.#react(plotly);
    else if (isFirst) loadPlotly().then((loaded) => this.#react(loaded));
  }

  /** Null before the first drawing. */
  get axes(): Axes | null {
    const full = (this.#host as GraphDiv)._fullLayout;
    const figure = this.#figure;
    if (!full || !figure) return null;
    const { margins, width, height } = figure;
    const box = {
      x: margins.l,
      y: margins.t,
      width: width - margins.l - margins.r,
      height: height - margins.t - margins.b,
    };
    return { box, x: full.xaxis.range, y: full.yaxis.range, isLog: full.yaxis.type === 'log' };
  }

  /** The figure as a data address. */
  async image(format: 'png' | 'svg'): Promise<string> {
    const library = await loadPlotly();
    const { clientWidth: width, clientHeight: height } = this.#host;
    return library.toImage(this.#host as GraphDiv, { format, width, height, scale: 2 });
  }

  dispose(): void {
    this.#isDisposed = true;
    plotly?.purge(this.#host);
  }

  #react(library: Plotly): void {
    const figure = this.#figure;
    if (this.#isDisposed || !figure) return;
    const { data, layout, margins, width, height } = figure;
    library.react(this.#host, data, { ...layout, margin: { ...margins, pad: 0 }, width, height }, CONFIG);
    if (this.#isListening) return;
    this.#isListening = true;
    const element = this.#host as GraphDiv;
    element.on('plotly_relayout', this.#onZoom);
    this.#onZoom();
  }
}
