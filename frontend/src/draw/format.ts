/** Numbers as the page writes them: thin spaces, a true minus, powers of ten, NaN by its name. */

const THIN_SPACE = '\u202f';
const HARD_SPACE = '\u00a0';
const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Beyond these a number is written as a power of ten. */
const LARGEST_PLAIN = 1e6;
const SMALLEST_PLAIN = 1e-3;

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);

/** A decimal text from the engine, with our minus and thin spaces. */
function dress(text: string): string {
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const isZero = /^0*$/.test(whole) && /^0*$/.test(fraction ?? '');
  return (text.startsWith('-') && !isZero ? MINUS : '') + group(whole) + (fraction ? `.${fraction}` : '');
}

function nonFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : `${MINUS}∞`;
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return (exponent < 0 ? '⁻' : '') + digits;
}

/** `3·10⁻⁷`, `1.25·10⁸`. */
export function formatPower(value: number, digits = 3): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(digits - 1).split('e');
  return `${dress(trimZeros(mantissa))}·10${superscript(Number(exponent))}`;
}

/** At most so many significant digits, no zeros at the end: `0.05`, `−0.17`, `1 256 220`, `3·10⁻⁷`. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (Number.isInteger(value) && size < 1e9) return formatCount(value);
  if (size < SMALLEST_PLAIN || size >= LARGEST_PLAIN) return formatPower(value, digits);
  if (size >= 10 ** digits) return formatCount(value);
  return dress(trimZeros(value.toPrecision(digits)));
}

/** A tick of a logarithmic axis: `0.01`, `10⁻⁶`. */
export const formatDecade = (value: number): string => formatNumber(value, 1).replace(/^1·/, '');

/** A whole number with thin spaces: `1 256 220`. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? dress(Math.round(value).toFixed(0)) : nonFinite(value);
}

/** A number with what it counts: `1 sample`, `1 200 samples`, `2 classes`. */
export const formatCounted = (value: number, one: string, many = `${one}s`): string =>
  `${formatCount(value)} ${value === 1 ? one : many}`;

/** Always so many decimals, so that neighbours stand still while the number changes. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  return Math.abs(value) >= LARGEST_PLAIN ? formatPower(value) : dress(value.toFixed(decimals));
}

/** A loss: three decimals, or a power where three decimals would say 0. */
export function formatLoss(value: number): string {
  return value !== 0 && Math.abs(value) < 5e-4 ? formatPower(value) : formatFixed(value, 3);
}

/** A share 0…1 as `48 %`. */
export function formatPercent(share: number, decimals = 0): string {
  return `${formatFixed(100 * share, decimals)}${HARD_SPACE}%`;
}

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in powers of 1 000, three digits: `11.6 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** power)}${HARD_SPACE}${BYTES[power]}`;
}

/** `20×14×14`. */
export function formatShape(shape: readonly number[]): string {
  return shape.map(formatCount).join('×');
}

/** Steps from this on are written plainly even where the values are small, so that an axis is not of two kinds. */
const SMALLEST_STEP = 1e-4;

/** The tick at `value` where ticks are `step` apart: neighbours differ, and all of an axis have the same decimals. */
export function formatTick(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  const place = Math.floor(Math.log10(step) + 1e-9);
  if ((size < SMALLEST_PLAIN && step < SMALLEST_STEP) || size >= LARGEST_PLAIN)
    return value === 0 ? '0' : formatPower(value, Math.max(3, Math.floor(Math.log10(size) + 1e-9) - place + 1));
  return dress(value.toFixed(Math.max(0, -place)));
}

/** Mean and standard deviation with the decimals that the deviation deserves: `0.08 ± 0.98`, `(2 ± 31)·10⁻⁵`. */
export function formatSpread(mean: number, std: number): string {
  if (!Number.isFinite(mean) || !Number.isFinite(std)) return `${nonFiniteOr(mean)} ± ${nonFiniteOr(std)}`;
  const size = Math.max(Math.abs(mean), std);
  if (size === 0) return '0 ± 0';
  const exponent = Math.floor(Math.log10(size));
  if (exponent < -2 || exponent >= 5) {
    const unit = 10 ** exponent;
    return `(${dress((mean / unit).toFixed(1))} ± ${dress((std / unit).toFixed(1))})·10${superscript(exponent)}`;
  }
  const decimals = Math.max(0, Math.min(2, 2 - exponent));
  return `${dress(mean.toFixed(decimals))} ± ${dress(std.toFixed(decimals))}`;
}

const nonFiniteOr = (value: number): string => (Number.isFinite(value) ? formatNumber(value) : nonFinite(value));
