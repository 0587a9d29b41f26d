/** Applies the one-click mend of a problem. */
import type { Mend, NodeSpec, RunSpec } from '../generated/schemas';
import { insertBefore, replace, unwire, wire } from './graph';

export function applyMend(spec: RunSpec, mend: Mend): RunSpec {
  const nodes = wire(spec.graph);
  if (mend.field === 'insert_before') {
    return { ...spec, graph: unwire(insertBefore(nodes, mend.node, mend.value as NodeSpec)) };
  }
  const node = nodes.find((one) => one.id === mend.node);
  if (!node) return spec;
  const { [mend.field]: _old, ...rest } = node.spec as Record<string, unknown>;
  const changed = mend.value === null ? rest : { ...rest, [mend.field]: mend.value };
  return { ...spec, graph: unwire(replace(nodes, mend.node, changed as NodeSpec)) };
}
