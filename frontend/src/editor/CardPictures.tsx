/** The live picture of a card: what its last node gives, how that is distributed, or the answer of the network. */
import { useCallback, useMemo } from 'react';
import type { FrameStore } from '../stores/frames';
import type { RunRecord } from '../stores/record';
import { type Answer, answerOf, paintAnswer } from './bars';
import { insideOf, paintInside } from './inside';
import { LiveCanvas } from './LiveCanvas';
import { distributionOf, filtersOf, mapsOf, paintDistribution, paintItem, wipe } from './pictures';

export interface PicturesProps {
  /** Name of the card. */
  readonly id: string;
  /** Its nodes; the same list from one rendering to the next. */
  readonly nodes: readonly string[];
  readonly record: RunRecord | null;
  /** Size of the live picture; the distribution stands at its right. */
  readonly width: number;
  readonly height: number;
  readonly isWide: boolean;
}

const HISTOGRAM_WIDTH = { normal: 70, wide: 108 };

/** @param hasFilters True for the layer whose filters are measured. */
export function Pictures(props: PicturesProps & { readonly hasFilters: boolean }) {
  const { id, nodes: ids, record, isWide, hasFilters, width, height } = props;
  const histogram = isWide ? HISTOGRAM_WIDTH.wide : HISTOGRAM_WIDTH.normal;
  const showsFilters = isWide && hasFilters;
  const filters = showsFilters ? height : 0;
  const box = useMemo(
    () => ({ width: width - histogram - 10 - (filters > 0 ? filters + 10 : 0), height }),
    [width, height, histogram, filters],
  );
  const drawMaps = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const inside = insideOf(frames, ids[0] ?? '');
      const item = mapsOf(frames, ids);
      if (inside) paintInside(canvas, inside, box);
      else if (item) paintItem(canvas, item, box);
      else wipe(canvas);
    },
    [ids, box],
  );
  const drawFilters = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = filtersOf(frames, ids[0] ?? '');
      if (item) paintItem(canvas, item, { width: filters, height: filters });
      else wipe(canvas);
    },
    [ids, filters],
  );
  const drawDistribution = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = distributionOf(frames, ids);
      if (item) paintDistribution(canvas, item);
      else wipe(canvas);
    },
    [ids],
  );
  return (
    <div className="card-pictures" style={{ height }}>
      {showsFilters ? (
        <LiveCanvas record={record} className="pixels" label={`Filters of ${id}`} draw={drawFilters} />
      ) : null}
      <LiveCanvas record={record} className="pixels" label={`What ${id} gives for this sample`} draw={drawMaps} />
      <span className="card-histogram" style={{ width: histogram }}>
        <LiveCanvas fills record={record} label={`Distribution of what ${id} gives`} draw={drawDistribution} />
      </span>
    </div>
  );
}

interface AnswerProps extends PicturesProps {
  readonly classNames: readonly string[];
  readonly loss: string;
}

export function AnswerBars({ nodes: ids, record, classNames, loss, height }: AnswerProps) {
  const draw = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = mapsOf(frames, ids);
      const sample = frames?.newest('feature_maps')?.sample;
      if (!item) return wipe(canvas);
      const answer: Answer = answerOf(item, classNames, loss);
      paintAnswer(canvas, answer, sample?.label ?? null);
    },
    [ids, classNames, loss],
  );
  return (
    <div className="card-answer" style={{ height: Math.max(36, height - 8) }}>
      <LiveCanvas fills record={record} label="What the network answers for this sample" draw={draw} />
    </div>
  );
}
