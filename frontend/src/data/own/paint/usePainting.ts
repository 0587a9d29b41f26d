/** The painted points: those of the experiment while it trains on them, else a sheet beside it that waits for its use. */
import { useMemo, useState } from 'react';
import { fieldsOf, findKind } from '../../../forms/schema';
import { useOwnData, usePage, useSpec, useWorkplace } from '../../../session/react';
import type { PaintedPoint } from '../../../stores/own';
import { PAINTED, pointsOf, withPainting } from './edits';

export interface Painting {
  readonly points: readonly PaintedPoint[];
  /** True while the experiment trains on them: each stroke is an edit of it. */
  readonly isInUse: boolean;
  readonly canUndo: boolean;
  paint(points: readonly PaintedPoint[]): void;
  undo(): void;
}

const NONE: readonly PaintedPoint[] = [];
type Sheet = readonly PaintedPoint[];

export function usePainting(): Painting {
  const { session, page } = useWorkplace();
  const spec = useSpec();
  const kinds = usePage((one) => one.catalog?.kinds);
  const sheet = useOwnData((own) => own.painting);
  const [past, setPast] = useState<readonly Sheet[]>([]);
  const initial = useMemo(() => {
    const fields = fieldsOf(findKind(kinds ?? [], 'dataset', PAINTED));
    return fields.find((field) => field.name === 'points')?.initial ?? NONE;
  }, [kinds]);
  const isInUse = spec.data.dataset === PAINTED;
  const points = useMemo(
    () => (isInUse ? pointsOf(spec, initial) : (sheet ?? (initial as Sheet))),
    [isInUse, spec, sheet, initial],
  );
  const keep = (painting: Sheet): void => session.uploading.store.setState({ painting });
  return {
    points,
    isInUse,
    canUndo: isInUse || past.length > 0,
    paint: (next) => {
      if (next === points) return;
      // Kept beside the experiment too, so that it is there again after another set.
      keep(next);
      if (isInUse) {
        // What was said of the choice no longer is the last that happened.
        page.setState({ notice: null });
        session.edit((now) => withPainting(now, next));
      } else setPast([...past, points]);
    },
    undo: () => {
      const last = past.at(-1);
      if (isInUse) session.undo();
      else if (last) {
        keep(last);
        setPast(past.slice(0, -1));
      }
    },
  };
}
