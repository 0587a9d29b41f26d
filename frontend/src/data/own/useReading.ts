/** How a file is read: the fields of the experiment while it trains on the file, else a draft of them beside it. */
import { useEffect, useState } from 'react';
import type { DatasetPreview, RunSpec, Upload } from '../../generated/schemas';
import { useSession, useSpec } from '../../session/react';
import { Refused } from '../../wire/rest';
import { withAnswer, withDataset } from '../edits';

type Fields = RunSpec['data']['params'];

export interface Reading {
  readonly params: Fields;
  /** True while the experiment trains on this file. */
  readonly isInUse: boolean;
  /** What comes of it; null until the server has told. */
  readonly preview: DatasetPreview | null;
  /** Why it cannot be read like that, in a sentence. */
  readonly problem: string | null;
  set(name: string, value: unknown): void;
  /** Several fields at once. */
  setAll(fields: Fields): void;
}

const NUM_SAMPLES = 20;
const SETTLES_AFTER_MS = 150;

export function useReading(upload: Upload): Reading {
  const session = useSession();
  const spec = useSpec();
  /** Fields that were changed and not looked at yet, or that wait for "Use this data". */
  const [draft, setDraft] = useState<Fields | null>(null);
  const isInUse = spec.data.dataset === upload.dataset && spec.data.params.upload === upload.id;
  const params = draft ?? (isInUse ? spec.data.params : upload.params);
  const { preview, problem, of } = useLook(upload.dataset, params);
  // A change of data in use is an edit as soon as they can be read so: another target asks for another last layer too.
  useEffect(() => {
    if (!isInUse || draft === null || of !== draft || !preview) return;
    setDraft(null);
    if (JSON.stringify(draft) === JSON.stringify(spec.data.params)) return;
    session.edit((now) => withAnswer({ ...now, data: { ...now.data, params: draft } }, preview.data));
  }, [isInUse, draft, of, preview, session, spec.data.params]);
  const setAll = (fields: Fields): void => setDraft({ ...params, ...fields });
  return { params, isInUse, preview, problem, setAll, set: (name, value) => setAll({ [name]: value }) };
}

interface Seen {
  /** The fields that were looked at. */
  readonly of: Fields | null;
  readonly preview: DatasetPreview | null;
  readonly problem: string | null;
}

/** Looks at the data each time the hand rests; what was seen before stays until then. */
function useLook(dataset: string, params: Fields): Seen {
  const session = useSession();
  const spec = useSpec();
  const [seen, setSeen] = useState<Seen>({ of: null, preview: null, problem: null });
  const { validation_fraction, split_seed, stratify, oversample } = spec.data;
  const key = JSON.stringify([dataset, params, validation_fraction, split_seed, stratify, oversample]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that a look depends on
  useEffect(() => {
    let isOpen = true;
    const keep = (found: Seen): void => {
      if (isOpen) setSeen(found);
    };
    const timer = setTimeout(() => {
      session.ask
        .look({ ...withDataset(spec, dataset).data, params }, NUM_SAMPLES)
        .then((preview) => keep({ of: params, preview, problem: null }))
        .catch((error: unknown) => keep({ of: params, preview: null, problem: sentence(error) }));
    }, SETTLES_AFTER_MS);
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, [key, session]);
  return seen;
}

function sentence(error: unknown): string {
  if (error instanceof Refused) return error.words;
  return error instanceof Error ? error.message : String(error);
}
