/** All sets of points in the plane as small pictures of real samples: one press trains on another one. */
import { Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { onThemeChange } from '../draw';
import { fieldsOf } from '../forms/schema';
import type { DatasetPreview, Kind, RunSpec } from '../generated/schemas';
import { useSession, useSpecPart, useWorkplace } from '../session/react';
import type { Session } from '../session/session';
import { withNameOf } from './choose/naming';
import { withPoints } from './edits';
import { lookedAt, looks } from './looks';
import { paintPoints } from './points';

/** How a set is drawn small: few points, and so little noise that its form is seen. */
const DRAWN = { samples: 160, noise: 0.15 };

/** Asked for once while the page is open. */
function lookAt(session: Session, kind: Kind, like: RunSpec['data']): Promise<DatasetPreview> {
  const fields = fieldsOf(kind).map((field) => field.name);
  const params = Object.fromEntries(Object.entries(DRAWN).filter(([name]) => fields.includes(name)));
  return looks.of(lookedAt(like, kind.kind, params), 1, (data, num) => session.ask.look(data, num));
}

/** `Spiral`, `Plane`, `XOR`: titles are too long for a picture of this size. */
const shortName = (kind: string): string => {
  const [word = ''] = kind.split('_');
  return word.length <= 3 ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
};

const isPlane = (preview: DatasetPreview): boolean => preview.data.input_shape.join() === '2';

export function PointSets({ kinds, chosen }: { readonly kinds: readonly Kind[]; readonly chosen: string }) {
  const all = kinds.filter((kind) => kind.family === 'dataset' && kind.details.input_kind === 'points');
  // Classes first, then numbers.
  const sets = [...all].sort((a, b) => String(a.details.task).localeCompare(String(b.details.task)));
  return (
    <fieldset className="sets" aria-label="Points">
      {sets.map((kind) => (
        <PointSet key={kind.kind} kind={kind} isChosen={kind.kind === chosen} />
      ))}
    </fieldset>
  );
}

function PointSet({ kind, isChosen }: { readonly kind: Kind; readonly isChosen: boolean }) {
  const workplace = useWorkplace();
  const { session } = workplace;
  const data = useSpecPart('data');
  const preview = useLook(kind, data);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (!canvas.current || !preview) return;
      canvas.current.removeAttribute('style');
      const samples = [...preview.samples, ...preview.validation];
      paintPoints(canvas.current, { ...preview, samples, validation: [] });
    };
    draw();
    const button = canvas.current?.parentElement;
    const resized = new ResizeObserver(draw);
    if (button) resized.observe(button);
    const forget = onThemeChange(draw);
    return () => {
      resized.disconnect();
      forget();
    };
  }, [preview]);
  if (preview && !isPlane(preview)) return null;
  const choose = (): void => {
    if (isChosen) return;
    // Pressed before its picture is there, it is chosen once that has come.
    lookAt(session, kind, data)
      .then((found) =>
        session.edit((spec) => withNameOf(withPoints(spec, found.data, fieldsOf(kind)), kind.title, workplace)),
      )
      .catch(() => undefined);
  };
  return (
    <button type="button" aria-pressed={isChosen} title={`${kind.title}: ${kind.help}`} onClick={choose}>
      {preview ? <canvas ref={canvas} /> : <Skeleton radius={6} animate={false} className="sets-wait" />}
      <span className="clip">{shortName(kind.kind)}</span>
    </button>
  );
}

function useLook(kind: Kind, like: RunSpec['data']): DatasetPreview | null {
  const session = useSession();
  const [preview, setPreview] = useState<DatasetPreview | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a look is asked for once, whatever else is set by then
  useEffect(() => {
    let isOpen = true;
    lookAt(session, kind, like)
      .then((found) => isOpen && setPreview(found))
      // Without a picture the set is chosen from the list.
      .catch(() => undefined);
    return () => {
      isOpen = false;
    };
  }, [kind, session]);
  return preview;
}
