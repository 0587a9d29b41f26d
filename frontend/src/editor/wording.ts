/** Words beside the wires, and which problems belong to which card. */
import { formatCount, formatShape } from '../draw';
import type { Problem } from '../generated/schemas';
import type { Card, Wire } from './cards';
import type { WireWords } from './wirePath';

/** Problems of a card: its own, those of its caps, and those of what lies on the edge to it. */
export function problemsOf(
  problems: readonly Problem[],
  card: Card,
  cardOf: ReadonlyMap<string, string>,
): readonly Problem[] {
  const own = problems.filter(({ node }) => node !== null && (cardOf.get(node) ?? node) === card.id);
  return own.length > 0 ? own : NONE;
}

const NONE: readonly Problem[] = [];

/** A number with its thousands apart; a shape as it is. */
const sized = (text: string | null): string =>
  Number.isFinite(Number(text)) ? formatCount(Number(text)) : (text ?? '');

/** What is wrong with what a wire brings: the sizes do not meet. */
function clashOf({ edges, to }: Wire, problems: readonly Problem[]): Problem | undefined {
  const readers = new Set([to, ...edges.map((edge) => edge.to)]);
  return problems.find(
    ({ node, code, expected, got, severity }) =>
      severity === 'error' && node !== null && readers.has(node) && code === 'size_mismatch' && expected && got,
  );
}

/** `50×7×7 → flatten → 2 450`; where the sizes do not meet, what each of the two says. */
export function wireWords(wire: Wire, problems: readonly Problem[]): WireWords {
  const clash = clashOf(wire, problems);
  const via = wire.via.map((node) => ({
    id: node.id,
    text: `→ ${node.kind.replaceAll('_', ' ')} → ${node.output_shape ? formatShape(node.output_shape) : '?'}`,
  }));
  if (clash) {
    const text = `gets ${sized(clash.got)} · ${clash.node} expects ${sized(clash.expected)}`;
    return { text, isBad: true, via: [] };
  }
  return { text: wire.shape ? formatShape(wire.shape) : '?', isBad: false, via };
}
