/** Makes the cards of a checked network and says where they lie. */
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { formatCount, formatShape } from '../draw';
import type { CheckResult, Problem } from '../generated/schemas';
import { usePage, useSpec, useWorkplace } from '../session/react';
import { Card } from './Card';
import { type Card as CardData, type Drawing, draw, isColumn, type Wire } from './cards';
import { Flow, type WireWords } from './Flow';
import { groupsOf, INPUT, output, wire } from './graph';
import { InputCard } from './InputCard';
import { place } from './layout';

const SIDES = 32;
const INSET = 20;
const GAP = { normal: 22, wide: 30 };
const PICTURE = { normal: 40, wide: 58, most: 84 };
const RANKED_PICTURE = 240;

interface CardsProps {
  readonly check: CheckResult;
  readonly pane: { readonly width: number; readonly height: number };
  readonly isWide: boolean;
}

export function Cards({ check, pane, isWide }: CardsProps) {
  const { page } = useWorkplace();
  const spec = useSpec();
  const checked = usePage((one) => one.checked);
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  const record = usePage((one) => one.record);
  const chosen = usePage((one) => one.selected);
  const groupOf = useMemo(() => groupsOf(kinds), [kinds]);
  const graph = (checked ?? spec).graph;
  const nodes = useMemo(() => new Map(wire(graph).map((node) => [node.id, node])), [graph]);
  const drawing = useMemo(() => draw(check.nodes, check.data?.input_shape ?? [], groupOf), [check, groupOf]);
  const selected = chosen === null ? null : (drawing.cardOf.get(chosen) ?? chosen);
  const [measured, setMeasured] = useState<ReadonlyMap<string, number>>(new Map());
  const width = pane.width - SIDES;

  const layout = useMemo(
    () =>
      place(drawing, {
        width,
        gap: isWide ? GAP.wide : GAP.normal,
        heightOf: (id) =>
          measured.get(id) ??
          guessed(
            drawing.cards.find((card) => card.id === id),
            isWide,
          ),
      }),
    [drawing, width, isWide, measured],
  );
  const onMeasured = useCallback((heights: ReadonlyMap<string, number>) => {
    setMeasured((before) => {
      const isSame = [...heights].every(([id, height]) => before.get(id) === height);
      return isSame ? before : new Map([...before, ...heights]);
    });
  }, []);

  const last = output([...nodes.values()])?.id;
  const lastCard = last === undefined ? undefined : drawing.cardOf.get(last);
  const firstConvolution = drawing.cards.find((card) => card.node.kind === 'conv2d')?.id;
  const classNames = check.data?.class_names ?? NO_NAMES;
  const loss = (checked ?? spec).loss?.kind ?? (check.data?.task === 'regression' ? 'mse' : 'cross_entropy');
  const pictureHeight = useMemo(() => roomForPictures(drawing, pane.height, isWide), [drawing, pane.height, isWide]);
  const contents = new Map<string, ReactNode>([
    [INPUT, <InputCard key={INPUT} data={check.data} record={record} isWide={isWide} />],
  ]);
  for (const card of drawing.cards) {
    const room = layout.places.get(card.id)?.width ?? width;
    contents.set(
      card.id,
      <Card
        card={card}
        nodes={nodes}
        kinds={kinds}
        problems={problemsOf(check.problems, card, drawing.cardOf)}
        record={record}
        isSelected={card.id === selected}
        isOutput={card.id === lastCard && card.caps.length === 0}
        classNames={classNames}
        loss={loss}
        picture={{ width: (room || RANKED_PICTURE) - INSET - 2, height: pictureHeight }}
        isWide={isWide && room > 400}
        hasFilters={card.id === firstConvolution}
        onSelect={() => page.setState({ selected: card.id === selected ? null : card.id })}
      />,
    );
  }
  const words = drawing.wires.map((one) => wireWords(one, check.problems));
  return <Flow {...{ layout, pane, contents, words, onMeasured }} shown={selected} />;
}

const NO_KINDS: never[] = [];
const NO_NAMES: readonly string[] = [];

const HEAD = { normal: 40, wide: 48 };
const INPUT_HEIGHT = { normal: 60, wide: 74 };
const CAPS_HEIGHT = 23;

const pick = (sizes: { normal: number; wide: number }, isWide: boolean): number => (isWide ? sizes.wide : sizes.normal);

function guessed(card: CardData | undefined, isWide: boolean): number {
  if (!card) return pick(INPUT_HEIGHT, isWide);
  return pick(HEAD, isWide) + pick(PICTURE, isWide) + (card.caps.length > 0 ? CAPS_HEIGHT : 0);
}

/** Height of the live pictures: where the network leaves room they grow. What is selected does not change it. */
function roomForPictures(drawing: Drawing, height: number, isWide: boolean): number {
  const usual = pick(PICTURE, isWide);
  const cards = drawing.cards.length;
  if (!isColumn(drawing) || cards === 0) return usual;
  const caps = drawing.cards.filter((card) => card.caps.length > 0).length * CAPS_HEIGHT;
  const fixed = pick(INPUT_HEIGHT, isWide) + cards * (pick(HEAD, isWide) + pick(GAP, isWide)) + caps + 12;
  return Math.round(Math.min(PICTURE.most, Math.max(usual, (height - fixed) / cards)));
}

/** Problems of a card: its own, those of its caps, and those of what lies on the edge to it. */
function problemsOf(problems: readonly Problem[], card: CardData, cardOf: ReadonlyMap<string, string>): Problem[] {
  return problems.filter((problem) => problem.node !== null && (cardOf.get(problem.node) ?? problem.node) === card.id);
}

/** `50×7×7 → flatten → 2 450`; where the sizes do not meet, what each of the two says. */
function wireWords({ shape, via, to }: Wire, problems: readonly Problem[]): WireWords {
  const clash = problems.find((one) => one.node === to && one.code === 'size_mismatch' && one.expected && one.got);
  if (clash) {
    const number = (text: string | null): string =>
      Number.isFinite(Number(text)) ? formatCount(Number(text)) : (text ?? '');
    return { text: `gets ${number(clash.got)} · ${to} expects ${number(clash.expected)}`, isBad: true };
  }
  const parts = [shape ? formatShape(shape) : '?'];
  for (const node of via)
    parts.push(node.kind.replaceAll('_', ' '), node.output_shape ? formatShape(node.output_shape) : '?');
  return { text: parts.join(' → '), isBad: false };
}
