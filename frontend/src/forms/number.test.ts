import { describe, expect, it } from 'vitest';
import { allows, describeRule, type NumberRule, placeInRange, readNumber, stepped } from './number';

const rule = (more: Partial<NumberRule>): NumberRule => ({
  isInteger: false,
  scale: 'linear',
  step: 0.05,
  min: 0,
  max: 1,
  isAboveMin: false,
  isBelowMax: true,
  usual: [0, 1],
  ...more,
});
const rate = rule({ scale: 'log', min: 0, max: null, usual: [1e-4, 1] });

describe('a number field', () => {
  it.each([
    ['0.05', 0.05],
    [' 1 000 ', 1000],
    ['1\u202f256', 1256],
    ['−0,5', -0.5],
    ['1e-3', 1e-3],
    ['.5', 0.5],
    ['', null],
    ['1e', null],
    ['12px', null],
    ['Infinity', null],
  ])('reads %j as %j', (text, value) => expect(readNumber(text)).toBe(value));

  it('steps rates along 1, 2, 5', () => {
    const up = [0.001];
    for (let i = 0; i < 5; i += 1) up.push(stepped(rate, up.at(-1) as number, 1));
    expect(up).toEqual([0.001, 0.002, 0.005, 0.01, 0.02, 0.05]);
    expect(stepped(rate, 0.05, -1)).toBe(0.02);
    expect(stepped(rate, 0.03, 1)).toBe(0.05);
    expect(stepped(rate, 0.03, -1)).toBe(0.02);
    expect(stepped(rate, 1e-4, -1)).toBe(0);
    expect(stepped(rate, 0, 1)).toBe(1e-4);
  });

  it('steps others by their step and stays inside', () => {
    const p = rule({});
    expect(stepped(p, 0.3, 1)).toBe(0.35);
    expect(stepped(p, 0.3, -10)).toBe(0);
    expect(stepped(p, 0.9, 10)).toBe(0.95);
    expect(stepped(rule({ isInteger: true, step: 1, min: 1, max: 64 }), 60, 10)).toBe(64);
  });

  it('knows and says what is allowed', () => {
    expect(allows(rule({}), 1)).toBe(false);
    expect(allows(rule({}), 0)).toBe(true);
    expect(allows(rule({ isInteger: true }), 0.5)).toBe(false);
    expect(describeRule(rule({}))).toBe('A number from 0 below 1.');
    expect(describeRule(rule({ isInteger: true, min: 1, max: null }))).toBe('A whole number from 1.');
  });

  it('knows its place in the usual range', () => {
    expect(placeInRange(rate, 0.01)).toBeCloseTo(0.5);
    expect(placeInRange(rate, 0)).toBe(0);
    expect(placeInRange(rule({}), 0.3)).toBeCloseTo(0.3);
  });
});
