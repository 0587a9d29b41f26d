/** The name of the experiment where other data take the place of its own. */
import type { Kind, RunSpec } from '../../generated/schemas';
import type { Workplace } from '../../session/react';
import { allUploads } from '../../stores/datasets';

/** A ready experiment or a set gave it, so it says what the data were; a name that somebody thought of stays. */
export function withNameOf(spec: RunSpec, title: string, { session, page }: Pick<Workplace, 'session' | 'page'>) {
  const { catalog } = page.getState();
  const kinds: readonly Kind[] = catalog?.kinds ?? [];
  const given = [
    ...(catalog?.experiments ?? []).map((one) => one.spec.name),
    ...kinds.filter(({ family }) => family === 'dataset').map((kind) => kind.title),
    ...allUploads(session.datasets.store.getState()).map((upload) => upload.name),
  ];
  return given.includes(spec.name) ? { ...spec, name: title } : spec;
}
