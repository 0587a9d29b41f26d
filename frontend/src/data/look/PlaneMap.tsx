/** Points of the plane beside their list: a press on one chooses it there, and the chosen one is ringed here. */
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatCounted, onThemeChange } from '../../draw';
import { Pen } from '../../draw/canvas';
import type { CheckedData, DatasetPreview, RunSpec } from '../../generated/schemas';
import { useSession } from '../../session/react';
import type { Part } from '../../stores/lamp';
import type { SamplesItem } from '../../words/frames';
import { paintSpots, spotAt, spotsOf } from './plane';

/** Both sides, CSS pixels. */
const SIDE = 196;

interface PlaneMapProps {
  readonly spec: RunSpec;
  readonly part: Part;
  readonly item: SamplesItem;
  readonly rows: Int32Array;
  readonly data: CheckedData;
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
}

export function PlaneMap({ spec, part, item, rows, data, chosen, onChoose }: PlaneMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const preview = usePlane(spec);
  const spots = useMemo(() => {
    const samples = part === 'train' ? preview?.samples : preview?.validation;
    return spotsOf(samples ?? [], SIDE, SIDE);
  }, [preview, part]);
  const fitting = useMemo(() => new Set(Array.from(rows, (row) => item.index.data[row] as number)), [rows, item]);
  useEffect(() => {
    const draw = (): void => {
      const pen = canvas.current ? Pen.on(canvas.current, SIDE, SIDE) : null;
      if (pen) paintSpots(pen, { spots, item, fitting, chosen, data });
    };
    draw();
    return onThemeChange(draw);
  }, [spots, item, fitting, chosen, data]);
  const under = ({ nativeEvent }: PointerEvent) => spotAt(spots, nativeEvent.offsetX, nativeEvent.offsetY);
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    event.currentTarget.style.cursor = under(event) ? 'pointer' : '';
  };
  const press = (event: PointerEvent): void => {
    const spot = under(event);
    if (spot) onChoose(spot.index);
  };
  if (!preview) return null;
  const wrong = item.wrong ? '; a cross is wrong' : '';
  return (
    <section className="lamp-plane" aria-label="On the plane">
      <p>
        <b>On the plane</b> <span className="xs muted">press a point{wrong}</span>
      </p>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${formatCounted(spots.length, 'point')}, ${formatCount(fitting.size)} of them fit the filter`}
        data-chosen={chosen ?? undefined}
        style={{ width: SIDE, height: SIDE }}
        onPointerMove={point}
        onPointerDown={press}
      />
    </section>
  );
}

/** The points of a run, asked for once; null until they are there. */
function usePlane(spec: RunSpec): DatasetPreview | null {
  const { samples } = useSession();
  const [preview, setPreview] = useState<DatasetPreview | null>(null);
  useEffect(() => {
    let isOpen = true;
    samples
      .plane(spec)
      .then((found) => isOpen && setPreview(found))
      // Without the plane there is still the list.
      .catch(() => undefined);
    return () => {
      isOpen = false;
    };
  }, [samples, spec]);
  return preview;
}
