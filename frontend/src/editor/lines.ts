/** Where each part of a JSON text stands, so that an error can point at its line. */

/** Line (from 1) of each path, such as `graph.3.kernel_size`. Empty for text that is no JSON. */
export function linesOf(text: string): ReadonlyMap<string, number> {
  try {
    JSON.parse(text);
  } catch {
    return new Map();
  }
  const lines = new Map<string, number>();
  let at = 0;
  let line = 1;
  const skip = (): void => {
    while (at < text.length && /\s/.test(text[at] as string)) {
      if (text[at] === '\n') line += 1;
      at += 1;
    }
  };
  const string = (): string => {
    const start = at;
    at += 1;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at += 1;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const items = (path: string, close: string, isObject: boolean): void => {
    at += 1;
    for (let index = 0; ; index += 1) {
      skip();
      if (text[at] === close) break;
      const key = isObject ? string() : String(index);
      if (isObject) {
        lines.set(join(path, key), line);
        skip();
        at += 1;
      }
      value(join(path, key));
      skip();
      if (text[at] === ',') at += 1;
    }
    at += 1;
  };
  const value = (path: string): void => {
    skip();
    if (!lines.has(path)) lines.set(path, line);
    if (text[at] === '{') items(path, '}', true);
    else if (text[at] === '[') items(path, ']', false);
    else if (text[at] === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at] as string)) at += 1;
  };
  value('');
  return lines;
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** The line of a path, or of the nearest part around it that is there. */
export function lineOf(lines: ReadonlyMap<string, number>, path: string): number | null {
  for (let rest = path; ; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) {
    const line = lines.get(rest);
    if (line !== undefined) return rest === '' && path !== '' ? null : line;
    if (rest === '') return null;
  }
}

/** Line of the place that a message of the JSON reader names; null when it names none. */
export function lineOfSyntaxError(text: string, message: string): number | null {
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position) return text.slice(0, Number(position)).split('\n').length;
  return /end of JSON/.test(message) ? text.split('\n').length : null;
}
