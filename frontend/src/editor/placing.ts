/** Turns where a person wants a layer into a place of the graph, and tells what arrives there. */
import type { CheckResult, Kind } from '../generated/schemas';
import type { AddPlace } from '../stores/page';
import { find, sourceOf } from './edges';
import { type GroupOf, output, readers, type Wired } from './graph';
import type { Site } from './newLayer';
import { insertBehind, insertOn, type Piece, type Placed } from './pieces';
import { INPUT, isData, nodeOf, portOf } from './sources';

const only = <Item>(list: readonly Item[]): Item | undefined => (list.length === 1 ? list[0] : undefined);

const isShape = (nodes: Wired, id: string, groupOf: GroupOf): boolean =>
  groupOf(find(nodes, id)?.spec.kind ?? '') === 'shape';

/** Back along what only changes the shape: a layer before the answer reads what stands before flatten. */
function beforeShapes(nodes: Wired, source: string, groupOf: GroupOf): string {
  let at = source;
  while (isShape(nodes, at, groupOf)) at = find(nodes, at)?.inputs[0] ?? INPUT;
  return at;
}

/** On past what only changes the shape: a layer of features stands behind flatten. */
function pastShapes(nodes: Wired, source: string, groupOf: GroupOf): string {
  const next = only(readers(nodes, source));
  return next && isShape(nodes, next.id, groupOf) ? pastShapes(nodes, next.id, groupOf) : source;
}

/** True where the network gives what the data asks for, by a layer with weights: more is added in front of it. */
export function isAnswered(nodes: Wired, check: CheckResult | null, groupOf: GroupOf): boolean {
  const last = output(nodes);
  const wanted = check?.data?.output_shape;
  const given = check?.nodes.find((node) => node.id === last?.id)?.output_shape;
  return !!last && groupOf(last.spec.kind) === 'weights' && !!wanted && String(given) === String(wanted);
}

/** Where "before the answer" is: in front of the answer, or at the end while there is none. */
export function endOf(nodes: Wired, check: CheckResult | null, groupOf: GroupOf): string {
  const last = output(nodes);
  if (!last) return INPUT;
  return isAnswered(nodes, check, groupOf) ? beforeShapes(nodes, last.inputs[0] ?? INPUT, groupOf) : last.id;
}

const readsFeatures = (kind: Kind): boolean => 'out_features' in ((kind.fields.properties as object | undefined) ?? {});

/** The place for just this kind. Without a kind: for a block or a copy. */
export function settle(
  nodes: Wired,
  place: AddPlace,
  kind: Kind | null,
  check: CheckResult | null,
  groupOf: GroupOf,
): AddPlace {
  if (place.kind === 'edge') return place;
  const source = place.kind === 'end' ? endOf(nodes, check, groupOf) : place.source;
  return { kind: 'behind', source: kind && readsFeatures(kind) ? pastShapes(nodes, source, groupOf) : source };
}

export function shapeOf(check: CheckResult | null, source: string): readonly number[] | null {
  const id = nodeOf(source);
  if (isData(id)) return check?.data?.input_shape ?? null;
  const node = check?.nodes.find((one) => one.id === id);
  const port = portOf(source);
  return (port === null ? node?.output_shape : node?.ports?.[port]) ?? null;
}

/** What a new layer meets at a settled place. */
export function siteOf(nodes: Wired, place: AddPlace, check: CheckResult | null): Site {
  const source = sourceAt(nodes, place);
  const shape = shapeOf(check, source);
  const at = nodes.findIndex((node) => node.id === nodeOf(source));
  const before = nodes.slice(0, Math.max(0, at)).reverse();
  const direct = find(nodes, nodeOf(source))?.inputs ?? [];
  const isAlike = (id: string): boolean => shape !== null && String(shapeOf(check, id)) === String(shape);
  const alike = before.map((node) => node.id).filter((id) => !direct.includes(id) && isAlike(id));
  const isLast = place.kind !== 'edge' && readers(nodes, nodeOf(source)).length === 0;
  return {
    shape,
    isData: isData(nodeOf(source)),
    isLast: isLast || nodes.length === 0,
    data: check?.data ?? null,
    alike,
  };
}

export function sourceAt(nodes: Wired, place: AddPlace): string {
  if (place.kind === 'edge') return sourceOf(nodes, place) ?? INPUT;
  return place.kind === 'behind' ? place.source : INPUT;
}

/** Puts a piece at a settled place. */
export function put(nodes: Wired, place: AddPlace, piece: Piece): Placed {
  return place.kind === 'edge' ? insertOn(nodes, place, piece) : insertBehind(nodes, sourceAt(nodes, place), piece);
}
