/** The arithmetic of a number field: reading text, stepping by key and drag, the place in the usual range. */

export interface NumberRule {
  readonly isInteger: boolean;
  /** Log fields step along 1, 2, 5, 10 …; linear ones by `step`. */
  readonly scale: 'linear' | 'log';
  readonly step: number;
  readonly min: number | null;
  readonly max: number | null;
  /** True where `min` or `max` itself is not allowed. */
  readonly isAboveMin: boolean;
  readonly isBelowMax: boolean;
  /** The range that is usually looked at, for the line at the foot; a value may leave it. */
  readonly usual: readonly [number, number];
}

const GRID = [1, 2, 5];

export function allows(rule: NumberRule, value: number): boolean {
  if (!Number.isFinite(value) || (rule.isInteger && !Number.isInteger(value))) return false;
  if (rule.min !== null && (rule.isAboveMin ? value <= rule.min : value < rule.min)) return false;
  return rule.max === null || (rule.isBelowMax ? value < rule.max : value <= rule.max);
}

/** The number that a text says (a decimal comma, thin spaces and a true minus too), or null when it says none. */
export function readNumber(text: string): number | null {
  const plain = text
    .trim()
    .replace(/[\s\u202f\u00a0]/g, '')
    .replace('−', '-')
    .replace(',', '.');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
}

/** What is allowed, as the sentence under a field that was filled in wrongly. */
export function describeRule(rule: NumberRule): string {
  const kind = rule.isInteger ? 'A whole number' : 'A number';
  const low = rule.min === null ? '' : `${rule.isAboveMin ? 'above' : 'from'} ${rule.min}`;
  const high = rule.max === null || rule.max > 1e9 ? '' : `${rule.isBelowMax ? 'below' : 'up to'} ${rule.max}`;
  return `${[kind, low, high].filter(Boolean).join(' ')}.`;
}

const tidy = (value: number): number => Number(value.toPrecision(12));

/** The next mark of 1, 2, 5, 10 … above (or below) a value; 0 lies below the smallest usual mark. */
function nextMark(value: number, up: boolean, smallest: number): number {
  if (value <= 0) return up ? smallest : 0;
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const marks = [...GRID.map((mark) => (mark * decade) / 10), ...GRID.map((mark) => mark * decade), 10 * decade];
  const found = up
    ? marks.find((mark) => mark > value * (1 + 1e-6))
    : marks.findLast((mark) => mark < value * (1 - 1e-6));
  const next = tidy(found ?? value);
  return !up && next < smallest * (1 - 1e-6) ? 0 : next;
}

/** The value `count` steps away (negative: down), kept inside what is allowed. */
export function stepped(rule: NumberRule, value: number, count: number): number {
  let next = value;
  if (rule.scale === 'log') {
    const smallest = rule.usual[0] > 0 ? rule.usual[0] : 1e-5;
    const whole = Math.max(1, Math.round(Math.abs(count)));
    for (let i = 0; i < whole; i += 1) {
      const mark = nextMark(next, count > 0, smallest);
      if (allows(rule, mark)) next = mark;
    }
    return rule.isInteger ? Math.max(1, Math.round(next)) : next;
  }
  next = tidy(Math.round((value + count * rule.step) / rule.step) * rule.step);
  if (Math.abs(count) < 1) next = tidy(value + count * rule.step);
  if (rule.isInteger) next = Math.round(next);
  if (rule.min !== null) next = Math.max(next, rule.isAboveMin ? rule.min + rule.step : rule.min);
  if (rule.max !== null) next = Math.min(next, rule.isBelowMax ? tidy(rule.max - rule.step) : rule.max);
  return next;
}

/** Where the value lies in the usual range, 0…1. */
export function placeInRange(rule: NumberRule, value: number): number {
  const [low, high] = rule.usual;
  const map = rule.scale === 'log' ? (x: number) => Math.log10(Math.max(x, 1e-12)) : (x: number) => x;
  if (rule.scale === 'log' && value <= 0) return 0;
  const place = (map(value) - map(Math.max(low, rule.scale === 'log' ? 1e-12 : low))) / (map(high) - map(low));
  return Math.min(1, Math.max(0, Number.isFinite(place) ? place : 0));
}
