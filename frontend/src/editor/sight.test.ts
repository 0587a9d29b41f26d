import { describe, expect, it } from 'vitest';
import type { Layout } from './places';
import { closer, fitted, inSight, MARGIN, opening, STRIP, TOP } from './sight';

const PANE = { width: 392, height: 600 };
const CARD = { x: 0, y: 1000, width: 360, height: 90 };
const LONG: Layout = { places: new Map(), routes: [], width: 360, height: 3000, isColumn: true };
const WIDE: Layout = { ...LONG, width: 800, height: 500, isColumn: false };

describe('a network at first', () => {
  const wide = (width: number): Layout => {
    const input = { id: 'input', x: width / 2 - 100, y: 0, width: 200, height: 60, heads: [], feet: [] };
    return { ...WIDE, width, places: new Map([['input', input]]) };
  };

  it('has its natural size where it is as wide as its place', () => {
    expect(opening(LONG, PANE)).toEqual({ x: MARGIN, y: TOP, zoom: 1 });
  });

  it('is fitted into its place where its branches are wider', () => {
    const { x, zoom } = opening(wide(810), PANE);
    expect(zoom).toBeCloseTo(360 / 810);
    expect(x).toBeCloseTo(MARGIN);
    expect(x + 810 * zoom).toBeCloseTo(PANE.width - MARGIN);
  });

  it('has its input in the middle where it would be too small', () => {
    const layout = wide(2000);
    const { x, zoom } = opening(layout, PANE);
    expect(zoom).toBe(fitted(layout, PANE));
    expect(2000 * zoom).toBeGreaterThan(PANE.width);
    expect(x + 1000 * zoom).toBeCloseTo(PANE.width / 2);
  });
});

describe('a card that is opened from afar', () => {
  it('is seen in its full size, with its head where it was', () => {
    const view = closer(CARD, { x: 140, y: TOP, zoom: 0.3 }, LONG, PANE);
    expect(view.zoom).toBe(1);
    expect(view.x).toBe(MARGIN);
    expect(CARD.y + view.y).toBeCloseTo(1000 * 0.3 + TOP);
  });

  it('leaves no free place above the first card and below the last one', () => {
    expect(closer({ ...CARD, y: 10 }, { x: 140, y: 200, zoom: 0.3 }, LONG, PANE).y).toBe(TOP);
    const { y } = closer({ ...CARD, y: 2910 }, { x: 140, y: -700, zoom: 0.3 }, LONG, PANE);
    expect(LONG.height + y).toBeLessThan(PANE.height - STRIP);
    expect(LONG.height + y).toBeGreaterThan(PANE.height - STRIP - 20);
  });

  it('is in sight across a wide network, too', () => {
    const card = { x: 608, y: 100, width: 192, height: 90 };
    const view = inSight(card, closer(card, { x: 16, y: TOP, zoom: 0.45 }, WIDE, PANE), PANE);
    expect(card.x + view.x).toBeGreaterThanOrEqual(0);
    expect(card.x + card.width + view.x).toBeLessThanOrEqual(PANE.width);
  });
});

describe('a card that is chosen', () => {
  it('moves nothing where it is in sight', () => {
    const view = { x: MARGIN, y: -950, zoom: 1 };
    expect(inSight(CARD, view, PANE)).toBe(view);
  });

  it('is brought into sight from below, from above and from the side', () => {
    const below = inSight(CARD, { x: MARGIN, y: TOP, zoom: 1 }, PANE);
    expect(CARD.y + CARD.height + below.y).toBeLessThanOrEqual(PANE.height - STRIP);
    expect(CARD.y + inSight(CARD, { x: MARGIN, y: -1500, zoom: 1 }, PANE).y).toBeGreaterThanOrEqual(0);
    const aside = { ...CARD, x: 500, width: 192 };
    const { x } = inSight(aside, { x: MARGIN, y: -950, zoom: 1 }, PANE);
    expect(aside.x + aside.width + x).toBeLessThanOrEqual(PANE.width);
  });

  it('shows its head where it is higher than the pane', () => {
    const high = { ...CARD, height: 900 };
    const { y } = inSight(high, { x: MARGIN, y: TOP, zoom: 1 }, PANE);
    expect(high.y + y).toBeGreaterThanOrEqual(0);
    expect(high.y + y).toBeLessThan(20);
  });
});
