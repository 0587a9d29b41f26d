/** A layer: its name and numbers, its live picture, and as caps what follows it. Open, it shows its fields. */
import { type MouseEvent, memo, useEffect, useMemo, useRef } from 'react';
import { formatCount, formatShape } from '../draw';
import { Icon } from '../forms/Icon';
import { findKind } from '../forms/schema';
import type { Kind, Problem } from '../generated/schemas';
import { usePage } from '../session/react';
import type { RunRecord } from '../stores/record';
import { BlockInspector } from './BlockInspector';
import { Caps } from './Caps';
import { AnswerBars, Pictures } from './CardPictures';
import type { Card as CardData } from './cards';
import type { WiredNode } from './graph';
import { Inspector } from './Inspector';
import { Mends } from './Problems';
import { keyNumbers, largeCount } from './words';

export interface CardView {
  readonly card: CardData;
  readonly nodes: ReadonlyMap<string, WiredNode>;
  readonly kinds: readonly Kind[];
  readonly problems: readonly Problem[];
  readonly record: RunRecord | null;
  /** The node whose fields are open: the layer or one of its caps. */
  readonly open: string | null;
  /** True where it is selected, alone or with others. */
  readonly isMarked: boolean;
  /** The last layer: it shows its answer instead of its values. */
  readonly isOutput: boolean;
  readonly classNames: readonly string[];
  readonly loss: string;
  /** Size of the live picture; the distribution stands at its right. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly isWide: boolean;
  /** True for the layer whose filters are measured. */
  readonly hasFilters: boolean;
  /** The open block that it is the first card of. */
  readonly firstOf: string | null;
  onChoose(id: string, event: MouseEvent): void;
  onFold(block: string): void;
}

export const Card = memo(function Card(view: CardView) {
  const { card, kinds, problems, open, isMarked } = view;
  const isBad = problems.some((problem) => problem.severity === 'error');
  const isOpen = open !== null;
  const isPointed = usePage(({ pointed }) => card.members.some((node) => node.id === pointed));
  const openNode = card.members.find((node) => node.id === open);
  const article = useRef<HTMLElement>(null);
  useEffect(() => (open === null ? undefined : takeFocus(article.current, open)), [open]);
  const titleOf = (kind: string): string => findKind(kinds, 'layer', kind)?.title ?? kind;
  return (
    <article
      ref={article}
      className={card.isJoin ? 'card join' : card.block === null ? 'card' : 'card block'}
      data-selected={isMarked || undefined}
      data-bad={isBad || undefined}
      data-pointed={isPointed || undefined}
      data-kind={card.node.kind}
    >
      {view.firstOf === null ? null : <FoldButton block={view.firstOf} onFold={view.onFold} />}
      <Head view={view} isOpen={isOpen} />
      {card.isJoin || isBad ? null : <Picture {...view} />}
      {isOpen && card.block !== null ? (
        <BlockInspector card={card} block={card.block} times={numBlocks(card, view.nodes)} titleOf={titleOf} />
      ) : openNode ? (
        <Inspector node={openNode} kind={findKind(kinds, 'layer', openNode.kind)} />
      ) : null}
      {card.caps.length > 0 ? <Caps {...view} caps={card.caps} /> : null}
      <Mends problems={problems} />
    </article>
  );
});

const FOCUS_FRAMES = 20;

/** What was just added takes the focus, unless something else has it. A new card can be seen only after some frames. */
function takeFocus(card: HTMLElement | null, id: string): () => void {
  let frame = 0;
  const attempt = (left: number): void => {
    if (left === 0 || document.activeElement !== document.body) return;
    card?.querySelector<HTMLElement>(`[data-node="${id}"]`)?.focus({ preventScroll: true });
    frame = requestAnimationFrame(() => attempt(left - 1));
  };
  attempt(FOCUS_FRAMES);
  return () => cancelAnimationFrame(frame);
}

function Head({ view, isOpen }: { readonly view: CardView; readonly isOpen: boolean }) {
  const { card, onChoose } = view;
  return (
    <button
      type="button"
      className="card-top"
      data-node={card.id}
      aria-expanded={isOpen}
      onClick={(event) => onChoose(card.id, event)}
    >
      {card.isJoin ? <JoinMark kind={card.node.kind} /> : null}
      <b className="clip">{card.block ?? card.node.id}</b>
      <span className="card-kind clip">{kindWords(view)}</span>
      <Count {...view} isOpen={isOpen} />
      <span className="card-shape num">{shapeWords(card)}</span>
    </button>
  );
}

/** How many equal blocks are folded into the card. */
const numBlocks = ({ members }: CardData, nodes: CardView['nodes']): number =>
  new Set(members.map(({ id }) => nodes.get(id)?.spec.block)).size;

/** The plus of an addition; other joins are brackets. */
const JoinMark = ({ kind }: { readonly kind: string }) => (
  <span className="join-mark" aria-hidden="true">
    {kind === 'add' ? <Icon name="plus" size={12} /> : <Icon name="fold" size={12} />}
  </span>
);

function kindWords({ card, nodes, kinds, isOutput, classNames }: CardView): string {
  if (card.block !== null) {
    const times = numBlocks(card, nodes);
    const name = card.members.some((node) => node.kind === 'add') ? 'residual' : 'block';
    if (times > 1) return `${name} × ${times} · ${card.members.length / times} layers each`;
    return `${name === 'block' ? '' : `${name} · `}${card.members.length} layers`;
  }
  const kind = findKind(kinds, 'layer', card.node.kind);
  const numbers = keyNumbers(nodes.get(card.id)?.spec, card.node, kind, isOutput ? classNames.length : null);
  const title = kind?.title ?? card.node.kind;
  return numbers ? `${title} · ${numbers}` : title;
}

const shapeWords = ({ members }: CardData): string => {
  const shape = members.at(-1)?.output_shape;
  return shape ? formatShape(shape) : '';
};

function Count({ card, problems, isOpen }: CardView & { readonly isOpen: boolean }) {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const nodes = card.block === null ? [card.node] : card.members;
  const count = nodes.reduce((sum, node) => sum + node.parameters, 0);
  const parameters = count === 0 ? '' : card.block === null ? formatCount(count) : largeCount(count);
  return (
    <span className="card-count num">
      {errors > 0 ? (
        <em>{errors === 1 ? '1 error' : `${errors} errors`}</em>
      ) : warnings > 0 ? (
        <span className="tag warning">{warnings === 1 ? '1 warning' : `${warnings} warnings`}</span>
      ) : isOpen && parameters ? (
        `${parameters} parameters`
      ) : (
        parameters
      )}
    </span>
  );
}

function Picture(view: CardView) {
  const { card, picture, isOutput, record, isWide } = view;
  const nodes = useMemo(() => card.members.map((node) => node.id), [card]);
  const shared = { id: card.id, nodes, record, isWide, ...picture };
  return isOutput ? (
    <AnswerBars {...shared} classNames={view.classNames} loss={view.loss} />
  ) : (
    <Pictures {...shared} hasFilters={view.hasFilters} />
  );
}

function FoldButton({ block, onFold }: { readonly block: string; onFold(block: string): void }) {
  return (
    <button type="button" className="fold-button" aria-label={`Fold ${block}`} onClick={() => onFold(block)}>
      <Icon name="fold" size={12} />
      {block}
    </button>
  );
}
