/** The part of Plotly that `chart.ts` uses. The published types lack the keys of version 4. */
declare module 'plotly.js-cartesian-dist-min' {
  export interface GraphDiv extends HTMLElement {
    data: Record<string, unknown>[];
    layout: Record<string, unknown>;
    on(event: string, listener: (change: Record<string, unknown>) => void): void;
  }

  type Data = readonly object[];

  interface Plotly {
    react(element: HTMLElement, data: Data, layout: object, config: object): Promise<GraphDiv>;
    purge(element: HTMLElement): void;
    toImage(
      figure: { data: Data; layout: object },
      options: { format: 'png' | 'svg'; width: number; height: number; scale: number },
    ): Promise<string>;
  }

  const plotly: Plotly;
  export default plotly;
}
