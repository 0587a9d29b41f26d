/** A layer: its name and numbers, its live picture, and as caps what follows it. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { formatCount, formatPercent } from '../draw';
import { Redraw } from '../draw/redraw';
import { findKind } from '../forms/schema';
import type { Kind, Problem } from '../generated/schemas';
import type { FrameStore } from '../stores/frames';
import type { RunRecord } from '../stores/record';
import { type Answer, answerOf, paintAnswer } from './bars';
import type { Card as CardData } from './cards';
import type { WiredNode } from './graph';
import { Inspector } from './Inspector';
import { LiveCanvas } from './LiveCanvas';
import { Mends } from './Problems';
import { distributionOf, filtersOf, mapsOf, paintDistribution, paintItem, wipe } from './pictures';
import { capNumber, keyNumbers } from './words';

export interface CardView {
  readonly card: CardData;
  readonly nodes: ReadonlyMap<string, WiredNode>;
  readonly kinds: readonly Kind[];
  readonly problems: readonly Problem[];
  readonly record: RunRecord | null;
  readonly isSelected: boolean;
  /** The last layer: it shows its answer instead of its values. */
  readonly isOutput: boolean;
  readonly classNames: readonly string[];
  readonly loss: string;
  /** Size of the live picture; the distribution stands at its right. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly isWide: boolean;
  /** True for the layer whose filters are measured. */
  readonly hasFilters: boolean;
  onSelect(): void;
}

export function Card(view: CardView) {
  const { card, nodes, kinds, problems, isSelected, isOutput } = view;
  const { node } = card;
  const spec = nodes.get(node.id)?.spec;
  const errors = problems.filter((problem) => problem.severity === 'error');
  const warnings = problems.length - errors.length;
  const title = findKind(kinds, 'layer', node.kind)?.title ?? node.kind;
  const numbers = keyNumbers(spec, node, isOutput ? view.classNames.length : null);
  const parameters = node.parameters > 0 ? formatCount(node.parameters) : '';
  return (
    <article className="card" data-selected={isSelected || undefined} data-bad={errors.length > 0 || undefined}>
      <button type="button" className="card-top" aria-expanded={isSelected} onClick={view.onSelect}>
        <b className="clip">{node.id}</b>
        <span className="card-kind clip">
          {title}
          {numbers ? ` · ${numbers}` : ''}
        </span>
        <span className="card-count num">
          {errors.length > 0 ? (
            <em>{errors.length === 1 ? '1 error' : `${errors.length} errors`}</em>
          ) : warnings > 0 ? (
            <span className="tag warning">{warnings === 1 ? '1 warning' : `${warnings} warnings`}</span>
          ) : isSelected && parameters ? (
            `${parameters} parameters`
          ) : (
            parameters
          )}
        </span>
      </button>
      {errors.length > 0 ? null : isOutput ? <AnswerBars {...view} /> : <Pictures {...view} />}
      {isSelected ? <Inspector node={node} spec={spec} kind={findKind(kinds, 'layer', node.kind)} /> : null}
      {card.caps.length > 0 ? <Caps {...view} /> : null}
      <Mends problems={problems} />
    </article>
  );
}

const HISTOGRAM_WIDTH = { normal: 70, wide: 108 };

function Pictures({ card, record, picture, isWide, hasFilters }: CardView) {
  const ids = useMemo(() => [card.node, ...card.caps].map((node) => node.id), [card]);
  const histogram = isWide ? HISTOGRAM_WIDTH.wide : HISTOGRAM_WIDTH.normal;
  const showsFilters = isWide && hasFilters;
  const filters = showsFilters ? picture.height : 0;
  const box = useMemo(
    () => ({ width: picture.width - histogram - 10 - (filters > 0 ? filters + 10 : 0), height: picture.height }),
    [picture.width, picture.height, histogram, filters],
  );
  const drawMaps = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = mapsOf(frames, ids);
      if (item) paintItem(canvas, item, box);
      else wipe(canvas);
    },
    [ids, box],
  );
  const drawFilters = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = filtersOf(frames, ids[0] ?? '');
      if (item) paintItem(canvas, item, { width: filters, height: filters });
      else wipe(canvas);
    },
    [ids, filters],
  );
  const drawDistribution = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = distributionOf(frames, ids);
      if (item) paintDistribution(canvas, item);
      else wipe(canvas);
    },
    [ids],
  );
  return (
    <div className="card-pictures" style={{ height: picture.height }}>
      {showsFilters ? (
        <LiveCanvas record={record} className="pixels" label={`Filters of ${card.id}`} draw={drawFilters} />
      ) : null}
      <LiveCanvas record={record} className="pixels" label={`What ${card.id} gives for this sample`} draw={drawMaps} />
      <span className="card-histogram" style={{ width: histogram }}>
        <LiveCanvas fills record={record} label={`Distribution of what ${card.id} gives`} draw={drawDistribution} />
      </span>
    </div>
  );
}

function AnswerBars({ card, record, classNames, loss, picture }: CardView) {
  const ids = useMemo(() => [card.node, ...card.caps].map((node) => node.id), [card]);
  const draw = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = mapsOf(frames, ids);
      const sample = frames?.newest('feature_maps')?.sample;
      if (!item) return wipe(canvas);
      const answer: Answer = answerOf(item, classNames, loss);
      paintAnswer(canvas, answer, sample?.label ?? null);
    },
    [ids, classNames, loss],
  );
  return (
    <div className="card-answer" style={{ height: Math.max(36, picture.height - 8) }}>
      <LiveCanvas fills record={record} label="What the network answers for this sample" draw={draw} />
    </div>
  );
}

function Caps({ card, nodes, kinds, record }: CardView) {
  return (
    <ul className="caps">
      {card.caps.map((node) => (
        <li key={node.id}>
          {findKind(kinds, 'layer', node.kind)?.title ?? node.kind}
          <CapNumber record={record} node={node.id} known={capNumber(nodes.get(node.id)?.spec, node)} />
        </li>
      ))}
    </ul>
  );
}

/** The one number of a cap: known before, or for an activation the share that is zero (or saturated) now. */
function CapNumber({
  record,
  node,
  known,
}: {
  readonly record: RunRecord | null;
  readonly node: string;
  readonly known: string;
}) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const item = known ? undefined : distributionOf(record?.frames ?? null, [node]);
      const text = known || (item ? shareText(item) : '');
      if (place.current && place.current.textContent !== text) place.current.textContent = text;
    };
    draw();
    const redraw = new Redraw('picture', draw);
    const leave = record?.frames.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record, node, known]);
  return <em ref={place} className="num" />;
}

const shareText = (item: { readonly zeros: number; readonly saturated?: number | null }): string =>
  typeof item.saturated === 'number'
    ? `${formatPercent(item.saturated)} saturated`
    : `${formatPercent(item.zeros)} zero`;
