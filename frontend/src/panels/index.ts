/** Panels: what is recorded of a run, drawn. */
export {
  type Arrangement,
  add,
  close,
  defaultArrangement,
  fitting,
  maximise,
  type Place,
  readArrangement,
} from './arrangement';
export { type PanelKind, type ProbeInfo, panelKinds, probesOf, whyNot } from './catalogue';
export { Cursor } from './cursor';
export { PanelGrid, type PanelGridProps } from './PanelGrid';
export { PanelList } from './PanelList';
export type { Inspected, PanelAction, PanelAnalyses, PanelMark, PanelProps, PlanePoints } from './props';
