/** Changes a spec at the path that an event names, such as `optimizer.lr` or `nodes.dropout_1.p`. */
import type { NodeSpec, RunSpec } from '../generated/schemas';

type Parts = Record<string, unknown>;

const put = (part: unknown, name: string, value: unknown): Parts => ({ ...(part as Parts), [name]: value });

/**
 * @param idOf Name of the node at a place in the graph.
 * @returns The spec with that value; null for a path that names nothing in it.
 */
export function withPath(spec: RunSpec, path: string, value: unknown, idOf: (index: number) => string): RunSpec | null {
  const [part = '', name = '', field = ''] = path.split('.');
  if (path === 'dropout') {
    const isDropout = (node: NodeSpec): boolean => node.kind === 'dropout' || node.kind === 'dropout2d';
    return { ...spec, graph: spec.graph.map((node) => (isDropout(node) ? (put(node, 'p', value) as NodeSpec) : node)) };
  }
  if (part === 'nodes') {
    const index = spec.graph.findIndex((_, at) => idOf(at) === name);
    if (index < 0) return null;
    return {
      ...spec,
      graph: spec.graph.map((node, at) => (at === index ? (put(node, field, value) as NodeSpec) : node)),
    };
  }
  if (path === 'optimizer.kind') return { ...spec, optimizer: { kind: String(value) } };
  const known = ['optimizer', 'data', 'regularization', 'training'];
  if (!known.includes(part) || name === '') return path === 'name' ? { ...spec, name: String(value) } : null;
  return { ...spec, [part]: put((spec as unknown as Parts)[part], name, value) };
}
