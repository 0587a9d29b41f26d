/** A network over the plane as columns of units, where it is a plain stack: linear layers with what follows each. */
import type { CheckedNode, CheckResult, Kind } from '../generated/schemas';
import { POINT_FEATURES } from './features';

export interface Column {
  readonly part: 'input' | 'hidden' | 'output';
  /** The linear layer; for the input the node of features, or the data. */
  readonly node: string;
  /** Names of the nodes whose value is that of the column; the last one that was measured is drawn. */
  readonly nodes: readonly string[];
  /** Places of these nodes in the graph; empty for the data. */
  readonly places: readonly number[];
  readonly title: string;
  readonly numUnits: number;
  /** Title of the activation in small letters; empty where there is none. */
  readonly activation: string;
  /** True where a unit can be exactly 0 for good. */
  readonly canDie: boolean;
  /** How far from 0 its values can be; null where nothing bounds them. */
  readonly bound: number | null;
}

/** From the input to the output. */
export type Stack = readonly Column[];

/** More hidden layers stand side by side as cards only. */
export const MOST_HIDDEN = 6;

const FOLLOWING = new Set(['activation', 'norm', 'regularisation']);

type Draft = { -readonly [Name in keyof Column]: Column[Name] } & { nodes: string[]; places: number[] };

/** The columns; null where the data are no points of the plane, or the network is anything but a plain stack. */
export function stackOf(check: CheckResult | null, kinds: readonly Kind[]): Stack | null {
  const data = check?.data;
  if (!check?.ok || data?.input_kind !== 'points' || data.input_shape.join() !== '2') return null;
  const layers = new Map<string, Kind>();
  for (const kind of kinds) if (kind.family === 'layer') for (const name of namesOf(kind)) layers.set(name, kind);
  const columns: Draft[] = [column('input', 'input', 2)];
  for (const [place, node] of check.nodes.entries()) {
    const before = check.nodes[place - 1]?.id ?? 'input';
    if (node.inputs.length !== 1 || node.inputs[0] !== before) return null;
    if (!take(columns, node, place, layers.get(node.kind))) return null;
  }
  const last = columns.at(-1);
  if (!last || columns.length < 2 || columns.length > MOST_HIDDEN + 2) return null;
  Object.assign(last, { part: 'output', title: 'Output' });
  return columns;
}

/** The columns with those that are as they were `before` as the same objects: what shows them need not be made anew. */
export function keepColumns(before: Stack | null, now: Stack | null): Stack | null {
  if (!before || !now) return now;
  const kept = now.map((one, at) =>
    JSON.stringify(one) === JSON.stringify(before[at]) ? (before[at] as Column) : one,
  );
  return kept.length === before.length && kept.every((one, at) => one === before[at]) ? before : kept;
}

const namesOf = (kind: Kind): readonly string[] => [kind.kind, ...kind.aliases];

function column(part: Column['part'], node: string, numUnits: number, number = 0): Draft {
  const title = part === 'input' ? 'Input' : `Hidden ${number}`;
  return { part, node, nodes: [node], places: [], title, numUnits, activation: '', canDie: false, bound: null };
}

/** Puts a node into the columns; false where it has no place in them. */
function take(columns: Draft[], node: CheckedNode, place: number, kind: Kind | undefined): boolean {
  const last = columns.at(-1) as Draft;
  const width = node.output_shape?.length === 1 ? (node.output_shape[0] as number) : 0;
  if (!kind || width === 0) return false;
  if (kind.kind === 'linear') {
    columns.push({ ...column('hidden', node.id, width, columns.length), places: [place] });
    return true;
  }
  if (kind.kind === POINT_FEATURES && place === 0) {
    Object.assign(last, { node: node.id, nodes: [node.id], places: [place], numUnits: width });
    return true;
  }
  if (columns.length === 1 || !FOLLOWING.has(kind.group)) return false;
  last.nodes.push(node.id);
  last.places.push(place);
  if (kind.group === 'norm') last.bound = null;
  if (kind.group !== 'activation') return true;
  last.activation = activationWord(kind.title);
  last.canDie = kind.details.relu_like === true;
  const range = kind.details.output_range;
  last.bound = Array.isArray(range) ? Math.max(...range.map((end) => Math.abs(Number(end)))) : null;
  return true;
}

/** Names of people and short forms keep their letters: 'Tanh' becomes 'tanh', 'GELU' stays. */
const activationWord = (title: string): string => (/[A-Z].*[A-Z]/.test(title) ? title : title.toLowerCase());
