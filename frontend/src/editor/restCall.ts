/** The calls that start an experiment by REST, as text that can be pasted: one for a shell, one for Python. */
import type { RunSpec } from '../generated/schemas';
import { specPython, specText } from './specJson';

/** Where the server is, and where it keeps the token for scripts. */
export interface Place {
  readonly origin: string;
  readonly tokenFile: string;
}

/** A text between single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** For a POSIX shell. The body stands between words that no shell looks into. */
export const curlCall = (spec: RunSpec, { origin, tokenFile }: Place): string =>
  `curl ${origin}/api/runs \\
  -H "Authorization: Bearer $(cat ${quoted(tokenFile)})" \\
  -H "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
${specText(spec)}
JSON
`;

/** For Python with Layerlab's own client. */
export const clientCall = (spec: RunSpec, { origin, tokenFile }: Place): string =>
  `from pathlib import Path

from layerlab.client import Client

token = Path(${JSON.stringify(tokenFile)}).read_text().strip()
run = Client(${JSON.stringify(origin)}, token).create_run(${specPython(spec)})
print(run.id, run.wait().status)
`;
