/** Heights of the cards before they are measured, and how large the live pictures may be. */
import { type Card, type Drawing, isColumn } from './cards';

interface Sizes {
  readonly normal: number;
  readonly wide: number;
}

export const GAP: Sizes = { normal: 22, wide: 30 };
const PICTURE = { normal: 40, wide: 58, most: 84 };
const HEAD: Sizes = { normal: 40, wide: 48 };
const INPUT_HEIGHT: Sizes = { normal: 60, wide: 74 };
const JOIN_HEIGHT = 32;
const CAPS_HEIGHT = 23;

export const pick = (sizes: Sizes, isWide: boolean): number => (isWide ? sizes.wide : sizes.normal);

export function cardHeight(card: Card | undefined, isWide: boolean): number {
  if (!card) return pick(INPUT_HEIGHT, isWide);
  const caps = card.caps.length > 0 ? CAPS_HEIGHT : 0;
  return card.isJoin ? JOIN_HEIGHT + caps : pick(HEAD, isWide) + pick(PICTURE, isWide) + caps;
}

/** Height of the live pictures: where the network leaves room they grow. What is selected does not change it. */
export function roomForPictures(drawing: Drawing, height: number, isWide: boolean): number {
  const usual = pick(PICTURE, isWide);
  const cards = drawing.cards.length;
  if (!isColumn(drawing) || cards === 0) return usual;
  const caps = drawing.cards.filter((card) => card.caps.length > 0).length * CAPS_HEIGHT;
  const fixed = pick(INPUT_HEIGHT, isWide) + cards * (pick(HEAD, isWide) + pick(GAP, isWide)) + caps + 12;
  return Math.round(Math.min(PICTURE.most, Math.max(usual, (height - fixed) / cards)));
}
