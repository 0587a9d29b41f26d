/** Edits of one node: a field, its name, how its weights start. */
import type { InitSpec, NodeSpec } from '../generated/schemas';
import type { Wired } from './graph';
import { isData, renamed } from './sources';

type Fields = Record<string, unknown>;

const changed = (nodes: Wired, id: string, change: (spec: Fields) => Fields): Wired =>
  nodes.map((node) =>
    node.id === id ? { ...node, spec: change(node.spec as unknown as Fields) as unknown as NodeSpec } : node,
  );

/** The node with a field set; undefined takes the field out. */
export const setField = (nodes: Wired, id: string, name: string, value: unknown): Wired =>
  changed(nodes, id, ({ [name]: _old, ...rest }) => (value === undefined ? rest : { ...rest, [name]: value }));

/** How the weights of the node start; null: as in the rest of the run. */
export const setInit = (nodes: Wired, id: string, init: InitSpec | null): Wired =>
  setField(nodes, id, 'init', init ?? undefined);

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** What speaks against a name, in a sentence; null where nothing does. */
export function nameProblem(nodes: Wired, id: string, name: string): string | null {
  if (!NAME.test(name)) return 'A name is letters, digits and _, and starts with a letter.';
  if (isData(name)) return `“${name}” is the data.`;
  return name !== id && nodes.some((node) => node.id === name) ? `Another layer is called ${name}.` : null;
}

/** The node by another name, in all that read it or a port of it too. */
export function rename(nodes: Wired, id: string, name: string): Wired {
  return nodes.map((node) => ({
    id: node.id === id ? name : node.id,
    inputs: node.inputs.map((source) => renamed(source, id, name)),
    spec: node.id === id ? { ...node.spec, id: name } : node.spec,
  }));
}
