/** How a number moves when it is dragged or stepped: along a line, on the grid 1-2-5, or by doubling. */

export interface Scale {
  readonly kind: 'linear' | 'log' | 'doubling';
  /** Ends of the usual range, which the line at the foot of a field shows. A value may lie outside. */
  readonly low: number;
  readonly high: number;
  /** Size of one step, for a linear scale. */
  readonly step: number;
}

/** What a field accepts. */
export interface Limits {
  readonly isWhole: boolean;
  readonly low: number | null;
  readonly high: number | null;
  /** True where the end itself is not allowed. */
  readonly isLowOpen: boolean;
  readonly isHighOpen: boolean;
}

/** Coarse is ten times a step, fine a tenth. */
export type Stride = 'coarse' | 'normal' | 'fine';

const FACTORS: Record<Stride, number> = { coarse: 10, normal: 1, fine: 0.1 };
const GRID = [1, 2, 5];
const FINE_STEPS_A_DECADE = 30;

/** The value with so many significant digits; keeps 0.1 + 0.2 from showing. */
const rounded = (value: number, digits = 12): number => Number.parseFloat(value.toPrecision(digits));

/** The place of a positive value on the grid 1-2-5: whole numbers are grid points, 1 is 0, 2 is 1, 5 is 2, 10 is 3. */
function gridPlace(value: number): number {
  const decade = Math.floor(Math.log10(value) + 1e-9);
  const lead = value / 10 ** decade;
  const within = lead < 2 - 1e-9 ? lead - 1 : lead < 5 - 1e-9 ? 1 + (lead - 2) / 3 : 2 + (lead - 5) / 5;
  return 3 * decade + within;
}

function gridValue(place: number): number {
  const decade = Math.floor(place / 3);
  return rounded((GRID[place - 3 * decade] as number) * 10 ** decade);
}

function steppedLog(value: number, count: number, stride: Stride, scale: Scale): number {
  if (value <= 0) return count > 0 ? scale.low : 0;
  if (stride === 'coarse') return rounded(value * 10 ** count);
  if (stride === 'fine') return rounded(value * 10 ** (count / FINE_STEPS_A_DECADE), 2);
  const place = gridPlace(value);
  const start = count > 0 ? Math.floor(place + 1e-6) : Math.ceil(place - 1e-6);
  const next = gridValue(start + count);
  return count < 0 && next < scale.low && value <= scale.low * 1.0001 ? 0 : next;
}

function steppedDoubling(value: number, count: number, stride: Stride): number {
  if (stride === 'fine') return value + count;
  const power = Math.log2(Math.max(1, value)) + count * (stride === 'coarse' ? 3 : 1);
  return 2 ** Math.max(0, count > 0 ? Math.floor(power + 1e-9) : Math.ceil(power - 1e-9));
}

function steppedLinear(value: number, count: number, stride: Stride, scale: Scale, limits: Limits): number {
  const fine = limits.isWhole ? Math.max(1, scale.step * FACTORS[stride]) : scale.step * FACTORS[stride];
  return rounded(Math.round(value / fine + count) * fine, 10);
}

/** The value after `count` steps, inside what the field accepts. */
export function stepped(value: number, count: number, stride: Stride, scale: Scale, limits: Limits): number {
  if (count === 0) return value;
  const next =
    scale.kind === 'log'
      ? steppedLog(value, count, stride, scale)
      : scale.kind === 'doubling'
        ? steppedDoubling(value, count, stride)
        : steppedLinear(value, count, stride, scale, limits);
  const whole = limits.isWhole ? Math.round(next) : next;
  return isAllowed(whole, limits) ? whole : closest(whole, value, limits);
}

function closest(wanted: number, before: number, limits: Limits): number {
  if (limits.low !== null && wanted <= limits.low) return limits.isLowOpen ? before : limits.low;
  if (limits.high !== null && wanted >= limits.high) return limits.isHighOpen ? before : limits.high;
  return before;
}

export function isAllowed(value: number, limits: Limits): boolean {
  if (!Number.isFinite(value) || (limits.isWhole && !Number.isInteger(value))) return false;
  if (limits.low !== null && (limits.isLowOpen ? value <= limits.low : value < limits.low)) return false;
  return !(limits.high !== null && (limits.isHighOpen ? value >= limits.high : value > limits.high));
}

/** What a field accepts, in a few words: '0 to 1', 'whole, at least 1'. */
export function allowedText(limits: Limits): string {
  const { low, high } = limits;
  const noun = limits.isWhole ? 'whole number' : 'number';
  const isBounded = high !== null && high <= 1e9;
  const upper = !isBounded ? '' : limits.isHighOpen ? `below ${numberText(high)}` : `${numberText(high)}`;
  const lower = low === null ? '' : numberText(low);
  const span = (): string => {
    if (low === null) return upper === '' ? '' : limits.isHighOpen ? upper : `at most ${upper}`;
    if (!isBounded) return limits.isLowOpen ? `above ${lower}` : `at least ${lower}`;
    return limits.isLowOpen ? `above ${lower}, up to ${upper}` : `${lower} to ${upper}`;
  };
  const text = span();
  if (text === '') return `a ${noun}`;
  return limits.isWhole ? `whole, ${text}` : text;
}

/** Where a value lies in the usual range, 0 … 1; outside it is held at the end. */
export function position(value: number, scale: Scale): number {
  const place = (x: number): number => (scale.kind === 'linear' ? x : Math.log(Math.max(x, 1e-300)));
  if (scale.kind !== 'linear' && value <= 0) return 0;
  const share = (place(value) - place(scale.low)) / (place(scale.high) - place(scale.low));
  return Math.min(1, Math.max(0, share));
}

/** A number as it is typed, with the minus and the powers that people write; null when it is none. */
export function readNumber(text: string): number | null {
  const plain = text
    .trim()
    .replaceAll(/[\s\u202f\u2009]/g, '')
    .replaceAll('−', '-')
    .replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
}

/** A number as it stands in a field: few digits, thousands apart, no exponent for what is easily read. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'NaN';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) {
    return String(size)
      .replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u202f')
      .replace(/^/, value < 0 ? '−' : '');
  }
  const text = size < 1e-4 ? value.toExponential().replace('e+', 'e') : String(rounded(value, 8));
  return text.replace(/^-/, '−').replace('e-', 'e−');
}
