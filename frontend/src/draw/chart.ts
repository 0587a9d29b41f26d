/** The one place that knows Plotly: loads it when first needed, draws the newest figure, and cleans up. */
import type { GraphDiv } from 'plotly.js-cartesian-dist-min';
import { pictureOf } from './canvas';
import { addressOf, lettersOfPage, paintedSvg, textOf, withLetters } from './svg';

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
  doubleClick: false,
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

/** What a hand may do to the axes. */
export interface ZoomListener {
  /** The new ranges; null where that axis stays as it was. On a logarithmic axis these are powers of ten. */
  readonly zoomed: (x: [number, number] | null, y: [number, number] | null) => void;
  /** A double click. */
  readonly reset: () => void;
}

type Relayout = Record<string, unknown>;

function rangeOf(change: Relayout, axis: 'xaxis' | 'yaxis'): [number, number] | null {
  const [low, high] = [change[`${axis}.range[0]`], change[`${axis}.range[1]`]];
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}

export class Chart {
  readonly #host: HTMLElement;
  readonly #zoom: ZoomListener;
  #figure: Figure | null = null;
  #isDisposed = false;
  #isListening = false;

  constructor(host: HTMLElement, zoom: ZoomListener) {
    this.#host = host;
    this.#zoom = zoom;
  }

  /** Draws now where the library is there, otherwise the newest figure as soon as it is. */
  draw(figure: Figure): void {
    const isFirst = this.#figure === null;
    this.#figure = figure;
    if (plotly) this.#react(plotly);
    else if (isFirst) loadPlotly().then((loaded) => this.#react(loaded));
  }

  /** The figure as a data address, on the background that it is seen on and with the letters that it is seen with. */
  async image(format: 'png' | 'svg', background: string): Promise<string> {
    const library = await loadPlotly();
    const { data, layout, clientWidth: width, clientHeight: height } = this.#host as GraphDiv;
    const figure = { data, layout: { ...layout, paper_bgcolor: background } };
    const drawn = await library.toImage(figure, { format: 'svg', width, height, scale: 1 });
    const svg = addressOf(withLetters(textOf(drawn), await lettersOfPage()));
    return format === 'svg' ? svg : pictureOf(await paintedSvg(svg, width, height), background);
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
    element.on('plotly_relayout', (change) => {
      const [x, y] = [rangeOf(change, 'xaxis'), rangeOf(change, 'yaxis')];
      if (x || y) this.#zoom.zoomed(x, y);
    });
    element.on('plotly_doubleclick', () => this.#zoom.reset());
  }
}
