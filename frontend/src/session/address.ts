/**
 * The address bar holds the experiment: `#run=…` names a run of this server, `#spec=…` carries a whole spec,
 * `#lesson=…` names a lesson, with a run of it where there is one.
 */
import type { RunSpec } from '../generated/schemas';

export type Address =
  | { readonly lesson: string; readonly run: string | null }
  | { readonly run: string }
  | { readonly spec: RunSpec }
  | null;

const toText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** URL-safe base 64 of UTF-8, without padding. */
export function packSpec(spec: RunSpec): string {
  const bytes = new TextEncoder().encode(JSON.stringify(spec));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function unpackSpec(packed: string): RunSpec {
  const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(toText(Uint8Array.from(binary, (char) => char.charCodeAt(0)))) as RunSpec;
}

/** What a location hash asks for; null when it asks for nothing that can be read. */
export function readAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const run = fields.get('run');
  const lesson = fields.get('lesson');
  if (lesson) return { lesson, run };
  if (run) return { run };
  const spec = fields.get('spec');
  if (!spec) return null;
  try {
    return { spec: unpackSpec(spec) };
  } catch {
    return null;
  }
}

/** An address that tells which lesson is open, too. */
export const withLesson = (hash: string, lesson: string | null): string =>
  lesson === null ? hash : `#lesson=${encodeURIComponent(lesson)}&${hash.replace(/^#/, '')}`;
