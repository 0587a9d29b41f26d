/** The experiment as text for people: short, one line for each node and each small list. */
import type { RunSpec } from '../generated/schemas';
import { shorten } from '../session/complete';

/** A number, a text, true, false or null in the words of a language. */
type Write = (value: unknown) => string;

const PYTHON = new Map<unknown, string>([
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
]);
const inPython: Write = (value) => PYTHON.get(value) ?? JSON.stringify(value);

function flat(value: unknown, plain: Write): string {
  if (Array.isArray(value)) return `[${value.map((one) => flat(one, plain)).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${flat(one, plain)}`);
    return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
  }
  return plain(value);
}

/** `lead` is the length of what stands before the value on its line. */
function write(value: unknown, indent: string, lead: number, widest: number, plain: Write): string {
  const line = flat(value, plain);
  const isPlain = value === null || typeof value !== 'object';
  if (isPlain || line.length + lead <= widest) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((one) => deeper + write(one, deeper, deeper.length, widest, plain)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(([key, one]) => {
    const name = `${deeper}${JSON.stringify(key)}: `;
    return name + write(one, deeper, name.length, widest, plain);
  });
  return `{\n${entries.join(',\n')}\n${indent}}`;
}

/** @param widest Letters on a line, where it can be broken. */
export const specText = (spec: RunSpec, widest = 88): string =>
  write(shorten(spec), '', widest, widest, JSON.stringify);

/** The same as a value of Python. */
export const specPython = (spec: RunSpec, widest = 88): string => write(shorten(spec), '', widest, widest, inPython);
