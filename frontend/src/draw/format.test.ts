import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDecade,
  formatFixed,
  formatLoss,
  formatNumber,
  formatPercent,
  formatShape,
  formatSpread,
  formatTick,
} from './format';

const plain = (text: string): string => text.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ').replaceAll('−', '-');

it.each([
  [0.01, '0.01'],
  [1e-6, '10⁻⁶'],
  [2e-6, '2·10⁻⁶'],
])('a tick of a logarithmic axis, %s, is %s', (value, text) => expect(formatDecade(value)).toBe(text));

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [11_594_722, '11.6 MB'],
  [2e9, '2 GB'],
])('a size of %s bytes is %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.05, '0.05'],
    [-0.17, '-0.17'],
    [0.123456, '0.123'],
    [12.3456, '12.3'],
    [1256220, '1 256 220'],
    [1234.5, '1 235'],
    [3e-7, '3·10⁻⁷'],
    [-1.5e-4, '-1.5·10⁻⁴'],
    [1.25e12, '1.25·10¹²'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('writes %d as %s', (value, text) => expect(plain(formatNumber(value))).toBe(text));

  it('uses the thin space and the true minus', () => {
    expect(formatNumber(-1256220)).toBe('\u22121\u202f256\u202f220');
  });
});

describe('other formats', () => {
  it('writes counts, shapes, shares', () => {
    expect(plain(formatCount(1375))).toBe('1 375');
    expect([0, 1, 1375].map((n) => plain(formatCounted(n, 'row')))).toEqual(['0 rows', '1 row', '1 375 rows']);
    expect([1, 2].map((n) => formatCounted(n, 'class', 'classes'))).toEqual(['1 class', '2 classes']);
    expect(formatShape([20, 14, 14])).toBe('20×14×14');
    expect(formatPercent(0.48)).toBe('48\u00a0%');
    expect(plain(formatPercent(0.9789, 1))).toBe('97.9 %');
  });

  it('keeps the decimals of a number that changes, and never writes minus zero', () => {
    expect(formatFixed(0.5, 3)).toBe('0.500');
    expect(formatFixed(-0.0001, 2)).toBe('0.00');
  });

  it('does not call a small loss 0', () => {
    expect(formatLoss(0.0312)).toBe('0.031');
    expect(formatLoss(0.00012)).toBe('1.2·10⁻⁴');
  });

  it('gives all ticks of an axis the same decimals', () => {
    expect([0, 0.2, 0.4].map((value) => formatTick(value, 0.2))).toEqual(['0.0', '0.2', '0.4']);
    expect([0, 500, 1000].map((value) => plain(formatTick(value, 500)))).toEqual(['0', '500', '1 000']);
    expect(formatTick(-4, 2)).toBe('−4');
    expect(formatTick(0.00002, 0.00001)).toBe('2·10⁻⁵');
  });

  it('writes mean and deviation with one power', () => {
    expect(plain(formatSpread(0.083, 0.981))).toBe('0.08 ± 0.98');
    expect(plain(formatSpread(-12.3, 4.56))).toBe('-12.3 ± 4.6');
    expect(plain(formatSpread(2.1e-6, 3.14e-4))).toBe('(0.0 ± 3.1)·10⁻⁴');
    expect(formatSpread(0, 0)).toBe('0 ± 0');
  });
});
