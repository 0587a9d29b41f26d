/** Makes the cards of a checked network and says where they lie. */
import { type MouseEvent, type ReactNode, useCallback, useMemo, useState } from 'react';
import { findKind } from '../forms/schema';
import type { CheckedNode, CheckResult } from '../generated/schemas';
import { usePage, useRecord, useSpec, useWorkplace } from '../session/react';
import { choose, foldBlocks } from './actions';
import { Card } from './Card';
import { cardHeight, GAP, pick, roomForPictures } from './cardSizes';
import { type Card as CardData, draw } from './cards';
import { Flow } from './Flow';
import { foldedBlocks, openBlocks } from './folding';
import { groupsOf, output, wire } from './graph';
import { InputCard } from './InputCard';
import { place } from './layout';
import type { Ends } from './places';
import { SelectionBar } from './SelectionBar';
import { selectedNodes } from './selection';
import type { Pane } from './sight';
import { isData } from './sources';
import { useWires } from './useWires';
import { problemsOf, wireWords } from './wording';

const SIDES = 32;
const INSET = 20;
const RANKED_PICTURE = 240;

interface CardsProps {
  readonly check: CheckResult;
  readonly pane: Pane;
  readonly isWide: boolean;
}

/** True where bars can show it: one number a class or target, not an image or an answer at every step. */
const isRow = (node: CheckedNode): boolean => (node.output_shape?.length ?? 1) === 1;

export function Cards({ check, pane, isWide }: CardsProps) {
  const workplace = useWorkplace();
  const spec = useSpec();
  const checked = usePage((one) => one.checked);
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  const record = usePage((one) => one.record);
  const built = useRecord(record, (one) => one?.view?.check ?? null);
  const selected = usePage((one) => one.selected);
  const marked = usePage((one) => one.marked);
  const folds = usePage((one) => one.folds);
  const fitsAsked = usePage((one) => one.fitsAsked);
  const openings = usePage((one) => one.openings);
  const [measured, setMeasured] = useState<ReadonlyMap<string, number>>(new Map());
  const groupOf = useMemo(() => groupsOf(kinds), [kinds]);
  const { graph } = checked ?? spec;
  const wired = useMemo(() => wire(graph), [graph]);
  const nodes = useMemo(() => new Map(wired.map((node) => [node.id, node])), [wired]);
  const chosen = useMemo(() => selectedNodes({ selected, marked }), [selected, marked]);
  // Only what lies on an edge is drawn otherwise when it is selected.
  const alone = chosen.filter((id) => groupOf(nodes.get(id)?.spec.kind ?? '') === 'shape').join(' ');
  const drawing = useMemo(() => {
    const drawn = { folded: foldedBlocks(wired, folds), alone: alone.split(' ') };
    return draw(check.nodes, check.data?.input_shape ?? [], groupOf, drawn);
  }, [check, wired, folds, groupOf, alone]);
  const width = pane.width - SIDES;
  const chosenCards = new Set(chosen.flatMap((id) => drawing.cardOf.get(id) ?? []));
  const open = chosenCards.size === 1 ? (chosen.length === 1 ? chosen[0] : [...chosenCards][0]) : undefined;
  const openCard = open === undefined ? null : (drawing.cardOf.get(open) ?? null);

  const layout = useMemo(() => {
    const byId = new Map(drawing.cards.map((card) => [card.id, card]));
    const endsOf = (id: string): Ends => {
      const card = byId.get(id);
      const details = card && card.block === null ? findKind(kinds, 'layer', card.node.kind)?.details : undefined;
      const names = (details?.input_ports as string[] | undefined) ?? [];
      // The ports of a layer leave the card only where nothing follows it in the card.
      const outputs = card?.caps.length ? [] : ((details?.output_ports as string[] | undefined) ?? []);
      return { inputs: names.length > 1 ? names : [], outputs };
    };
    return place(drawing, {
      width,
      gap: pick(GAP, isWide),
      heightOf: (id) => measured.get(id) ?? cardHeight(byId.get(id), isWide),
      endsOf,
      isOpen: (id) => id === openCard,
      isSmall: (id) => byId.get(id)?.isJoin === true && id !== openCard && byId.get(id)?.caps.length === 0,
    });
  }, [drawing, kinds, width, isWide, measured, openCard]);
  const onMeasured = useCallback((heights: ReadonlyMap<string, number>) => {
    setMeasured((before) => {
      const isSame = [...heights].every(([id, height]) => before.get(id) === height);
      return isSame ? before : new Map([...before, ...heights]);
    });
  }, []);
  const onChoose = useCallback(
    (id: string, event?: MouseEvent) =>
      choose(workplace, id, !!event && (event.shiftKey || event.ctrlKey || event.metaKey)),
    [workplace],
  );
  const onFold = useCallback((block: string) => foldBlocks(workplace, { [block]: true }), [workplace]);
  const wires = useWires(drawing);

  const last = output(wired)?.id;
  const lastCard = last === undefined ? undefined : drawing.cardOf.get(last);
  const firstConvolution = drawing.cards.find((card) => card.node.kind === 'conv2d')?.id;
  const firsts = useMemo(() => firstCards(wired, drawing.cardOf, folds), [wired, drawing, folds]);
  const classNames = check.data?.class_names ?? NO_NAMES;
  const loss = (checked ?? spec).loss?.kind ?? (check.data?.task === 'regression' ? 'mse' : 'cross_entropy');
  const pictureHeight = useMemo(() => roomForPictures(drawing, pane.height, isWide), [drawing, pane.height, isWide]);
  const contents = new Map<string, ReactNode>(
    drawing.data.map((name) => [
      name,
      <InputCard key={name} name={name} data={check.data} record={record} isWide={isWide} />,
    ]),
  );
  for (const card of drawing.cards) {
    const room = layout.places.get(card.id)?.width ?? width;
    const isMarked = chosenCards.has(card.id);
    contents.set(
      card.id,
      <CardIn
        card={card}
        nodes={nodes}
        kinds={kinds}
        problems={problemsOf(check.problems, card, drawing.cardOf)}
        record={isBuilt(card, built) ? record : null}
        open={openCard === card.id ? (open ?? null) : null}
        isMarked={isMarked}
        isOutput={card.id === lastCard && isRow(card.node) && card.caps.length === 0 && card.block === null}
        classNames={classNames}
        loss={loss}
        width={(room || RANKED_PICTURE) - INSET - 2}
        height={pictureHeight}
        isWide={isWide && room > 400}
        hasFilters={card.id === firstConvolution}
        firstOf={firsts.get(card.id) ?? null}
        onChoose={onChoose}
        onFold={onFold}
      />,
    );
  }
  const words = drawing.wires.map((one) => wireWords(one, check.problems));
  return (
    <>
      <Flow
        {...{ layout, pane, contents, words, onMeasured, fitsAsked, openings }}
        {...wires}
        shown={openCard}
        onChoose={onChoose}
      />
      {chosenCards.size > 1 ? <SelectionBar count={chosen.length} /> : null}
    </>
  );
}

const NO_KINDS: never[] = [];
const NO_NAMES: readonly string[] = [];

type CardInProps = Omit<Parameters<typeof Card>[0], 'picture'> & { readonly width: number; readonly height: number };

/** Keeps the size of the picture the same object while the numbers are. */
function CardIn({ width, height, ...view }: CardInProps) {
  const picture = useMemo(() => ({ width, height }), [width, height]);
  return <Card {...view} picture={picture} />;
}

/** True where the run holds just these nodes: what it measured is of no other layer that is called the same. */
function isBuilt(card: CardData, built: CheckResult | null): boolean {
  if (!built) return true;
  return card.members.every(({ id, kind, output_shape }) => {
    const node = built.nodes.find((one) => one.id === id);
    return node?.kind === kind && String(node.output_shape) === String(output_shape);
  });
}

/** The first card of each block that is not folded, by name of the card. */
function firstCards(
  wired: ReturnType<typeof wire>,
  cardOf: ReadonlyMap<string, string>,
  folds: Readonly<Record<string, boolean>>,
): ReadonlyMap<string, string> {
  const open = openBlocks(wired, folds);
  return new Map(
    open.flatMap((block) => {
      const first = wired.find((node) => node.spec.block === block);
      const card = first && cardOf.get(first.id);
      return card && !isData(card) ? [[card, block] as const] : [];
    }),
  );
}
