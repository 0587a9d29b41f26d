/** What a node reads is a source: the data, a node, or a port of a node such as `encoder.state`. */

export const INPUT = 'input';
/** The second part of data that has one, such as the answer so far of a sequence to a sequence. */
export const DECODER_INPUT = 'decoder_input';

export const isData = (name: string): boolean => name === INPUT || name === DECODER_INPUT;

/** The node (or data) that a source belongs to. */
export function nodeOf(source: string): string {
  const dot = source.indexOf('.');
  return dot < 0 ? source : source.slice(0, dot);
}

/** The port of a source; null for the output itself. */
export function portOf(source: string): string | null {
  const dot = source.indexOf('.');
  return dot < 0 ? null : source.slice(dot + 1);
}

/** The same port of another node. */
export function renamed(source: string, from: string, to: string): string {
  if (nodeOf(source) !== from) return source;
  const port = portOf(source);
  return port === null ? to : `${to}.${port}`;
}
