/** The experiment as text for people: short, one line for each node and each small list. */
import type { RunSpec } from '../generated/schemas';
import { shorten } from '../session/complete';

function flat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${flat(one)}`);
    return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
  }
  return JSON.stringify(value);
}

/** `lead` is the length of what stands before the value on its line. */
function write(value: unknown, indent: string, lead: number, widest: number): string {
  const line = flat(value);
  const isPlain = value === null || typeof value !== 'object';
  if (isPlain || line.length + lead <= widest) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((one) => deeper + write(one, deeper, deeper.length, widest)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(([key, one]) => {
    const name = `${deeper}${JSON.stringify(key)}: `;
    return name + write(one, deeper, name.length, widest);
  });
  return `{\n${entries.join(',\n')}\n${indent}}`;
}

/** @param widest Letters on a line, where it can be broken. */
export const specText = (spec: RunSpec, widest = 88): string => write(shorten(spec), '', widest, widest);
