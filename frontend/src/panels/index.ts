/** Panels: what is recorded of a run, drawn. */
export { type Arrangement, defaultArrangement, type Place, readArrangement } from './arrangement';
export { type ProbeInfo, probesOf } from './catalogue';
export { Cursor } from './cursor';
export { PanelGrid, type PanelGridProps } from './PanelGrid';
export type { Inspected, PanelAction, PanelAnalyses, PanelProps, PlanePoints } from './props';
