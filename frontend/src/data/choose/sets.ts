/** What can be chosen: datasets of the catalogue and files of the user, in groups, found by words. */
import { fieldsOf } from '../../forms/schema';
import type { DatasetPreview, Kind, Original, RunSpec, Upload } from '../../generated/schemas';
import type { Wish } from './fitting';

/** One card of the gallery. */
export interface Choosable extends Wish {
  readonly key: string;
  readonly title: string;
  readonly group: string;
  readonly help: string;
  readonly kind: Kind;
  /** The file that it reads; null for a set of the catalogue. */
  readonly upload: Upload | null;
  /** Fields with which a picture of it is made: few samples, little noise. */
  readonly drawn: RunSpec['data']['params'];
}

export const OWN = 'Your own';

/** Groups stand in this order; others behind them, as they come. */
const GROUPS = [OWN, 'Points in the plane', 'Tables', 'Images', 'Sequences'];

const has = (kind: Kind, field: string): boolean => fieldsOf(kind).some(({ name }) => name === field);

/** True where a set is made of what the user brings, and is chosen where that is done. */
export const isOwn = (kind: Kind): boolean => has(kind, 'upload') || has(kind, 'points');

/** True where files must be there before it can be read. */
export const needsFiles = ({ kind }: Choosable): boolean => kind.details.needs_files === true;

export function choosables(kinds: readonly Kind[], uploads: readonly Upload[]): Choosable[] {
  const sets = kinds.filter(({ family }) => family === 'dataset');
  const brought = uploads.flatMap((upload): Choosable[] => {
    const kind = sets.find((one) => one.kind === upload.dataset);
    return kind ? [ofUpload(upload, kind)] : [];
  });
  return [...brought, ...sets.filter((kind) => !isOwn(kind)).map(ofKind)];
}

const ofUpload = (upload: Upload, kind: Kind): Choosable => ({
  key: upload.id,
  title: upload.name,
  group: OWN,
  help: upload.summary,
  kind,
  upload,
  dataset: upload.dataset,
  params: upload.params,
  drawn: upload.params,
});

const ofKind = (kind: Kind): Choosable => ({
  key: kind.kind,
  title: kind.title,
  group: kind.group,
  help: kind.help,
  kind,
  upload: null,
  dataset: kind.kind,
  params: {},
  drawn: drawnParams(kind),
});

/** How a set is drawn small. Points get little noise, so that their form is seen. */
function drawnParams(kind: Kind): RunSpec['data']['params'] {
  const isPoints = kind.details.input_kind === 'points';
  const wanted: Record<string, number> = isPoints ? { samples: 160, noise: 0.15 } : { samples: 60 };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => has(kind, name)));
}

/** The card that the experiment on the page was chosen from. */
export function chosenIn(sets: readonly Choosable[], data: RunSpec['data']): Choosable | undefined {
  const isIt = (one: Choosable): boolean => one.kind.kind === data.dataset || one.kind.aliases.includes(data.dataset);
  return sets.find((one) => isIt(one) && (one.upload === null || one.upload.id === data.params.upload));
}

/** Sets that have all words of the query in what is known of them. */
export function matching(sets: readonly Choosable[], query: string): readonly Choosable[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return sets.filter(({ title, group, help, kind }) => {
    const facts = [kind.kind, kind.source, kind.details.task, kind.details.input_kind, kind.details.licence];
    const text = [title, group, help, ...facts].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function byGroup(sets: readonly Choosable[]): (readonly [string, readonly Choosable[]])[] {
  const names = [...new Set([...GROUPS, ...sets.map(({ group }) => group)])];
  return names
    .map((name) => [name, sets.filter(({ group }) => group === name)] as const)
    .filter(([, members]) => members.length > 0);
}

const NOUNS: Record<string, string> = { image: 'images', points: 'points', tabular: 'rows', video: 'clips' };

/** What one counts: images, points, rows, sequences, clips. */
export const nounOf = (kind: Kind): string => NOUNS[String(kind.details.input_kind)] ?? 'sequences';

/** How many samples it has when it is chosen; null where nothing here can tell, as of files with one part only. */
export function numSamples(
  { kind, upload, drawn }: Choosable,
  preview: DatasetPreview | null,
  original?: Original,
): number | null {
  const settable = fieldsOf(kind).find(({ name }) => name === 'samples')?.initial;
  if (upload === null && typeof settable === 'number') return settable;
  // Its picture is of the first few only.
  if (upload === null && 'samples' in drawn) return original?.parts.length === 2 ? Number(kind.details.samples) : null;
  return preview ? preview.data.num_train + preview.data.num_validation : null;
}
