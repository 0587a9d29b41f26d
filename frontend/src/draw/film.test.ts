import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Film, film, imagesAt, stillOf } from './film';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the frame that clips show', () => {
  it('moves on while somebody looks, rests at the end and begins again', () => {
    const player = new Film(true);
    const seen: number[] = [];
    const leave = player.subscribe(() => seen.push(player.frameOf(4)));
    vi.advanceTimersByTime(140 * 8);
    expect(seen).toEqual([1, 2, 3, 3, 3, 3, 0, 1]);
    leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stands still for those who asked for less motion, until it is told to play', () => {
    const player = new Film(false);
    const look = vi.fn();
    player.subscribe(look);
    vi.advanceTimersByTime(5000);
    expect(look).not.toHaveBeenCalled();
    player.toggle();
    vi.advanceTimersByTime(140);
    expect([player.isPlaying, player.frameOf(10)]).toEqual([true, 1]);
    player.show(7);
    vi.advanceTimersByTime(5000);
    expect([player.isPlaying, player.frameOf(10)]).toEqual([false, 7]);
  });

  it('is the same for clips of one length, and never beyond the end', () => {
    const player = new Film(false);
    player.show(12);
    expect([player.frameOf(20), player.frameOf(8), player.frameOf(1)]).toEqual([12, 1, 0]);
  });
});

describe('images of one frame', () => {
  // Two maps of three frames, each of two pixels.
  const data = Float32Array.from({ length: 12 }, (_, at) => at);
  const images = { data, shape: [6, 1, 1, 2] };

  it('are one of each map', () => {
    const still = imagesAt(images, 3, 1);
    expect(still.shape).toEqual([2, 1, 1, 2]);
    expect([...still.data]).toEqual([2, 3, 8, 9]);
  });

  it('are all there where nothing moves', () => {
    const item = { images, frames: null };
    expect(stillOf(item)).toBe(item);
    film.show(2);
    expect([...stillOf({ images, frames: 3 }).images.data]).toEqual([4, 5, 10, 11]);
  });
});
