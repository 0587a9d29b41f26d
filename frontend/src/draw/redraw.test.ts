import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecodedFrame } from '../words/frames';
import { isNews, Redraw, type RedrawKind } from './redraw';

const frameOf = (run: string, step: number): DecodedFrame => ({ run, step }) as DecodedFrame;

describe('what is news', () => {
  it('is the first frame of a run and the first that was trained, and no later one', () => {
    expect(isNews({}, frameOf('a', 0))).toBe(true);
    expect(isNews({ run: 'a', step: '40' }, frameOf('b', 0))).toBe(true);
    expect(isNews({ run: 'b', step: '0' }, frameOf('b', 1))).toBe(true);
    expect(isNews({ run: 'b', step: '0' }, frameOf('b', 0))).toBe(false);
    expect(isNews({ run: 'b', step: '1' }, frameOf('b', 2))).toBe(false);
    expect(isNews({ run: 'b', step: '1' }, undefined)).toBe(false);
  });
});

describe('the queue of drawings', () => {
  let callbacks: FrameRequestCallback[] = [];
  let now = 0;
  const made: Redraw[] = [];

  beforeEach(() => {
    now = 10_000;
    callbacks = [];
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => callbacks.push(callback));
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });

  afterEach(() => {
    for (const one of made.splice(0)) one.dispose();
    frame();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  /** The browser's next animation frame, so much later. */
  function frame(afterMs = 16): void {
    now += afterMs;
    for (const callback of callbacks.splice(0)) callback(now);
  }

  const drawing = (kind: RedrawKind, draw: () => unknown): Redraw => {
    const one = new Redraw(kind, draw);
    made.push(one);
    return one;
  };

  it('draws what a hand waits for first, pictures before curves', () => {
    const drawn: string[] = [];
    const later = drawing('picture', () => drawn.push('later'));
    later.request();
    frame();
    const curve = drawing('curve', () => drawn.push('curve'));
    const picture = drawing('picture', () => drawn.push('picture'));
    later.request();
    curve.soon();
    picture.soon();
    frame(1000);
    expect(drawn).toEqual(['later', 'picture']);
    frame();
    expect(drawn).toEqual(['later', 'picture', 'curve', 'later']);
  });

  it('keeps the wish of a drawing that has nothing new yet', () => {
    let hasNews = false;
    let tries = 0;
    const one = drawing('picture', () => {
      tries += 1;
      return hasNews;
    });
    one.soon();
    frame();
    expect(one.isHasty).toBe(true);
    hasNews = true;
    one.request();
    frame();
    expect(tries).toBe(2);
    expect(one.isHasty).toBe(false);
  });

  it('lets a dear drawing rest twelve times what it usually costs', () => {
    let tries = 0;
    const one = drawing('curve', () => {
      tries += 1;
      now += 80;
    });
    one.soon();
    frame();
    one.request();
    frame(100);
    expect(tries).toBe(1);
    frame(100);
    expect(tries).toBe(2);
  });

  it('draws nothing that cannot be seen, and draws it when it can', () => {
    let tries = 0;
    const one = drawing('picture', () => {
      tries += 1;
    });
    one.setVisible(false);
    one.soon();
    frame();
    expect(tries).toBe(0);
    one.setVisible(true);
    frame();
    expect(tries).toBe(1);
  });
});
