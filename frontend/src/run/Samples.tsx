/** Some samples of the data as they are: images as thumbnails, points in the plane, sequences and tables as rows. */
import { useEffect, useRef } from 'react';
import { onThemeChange, paintTiles } from '../draw';
import type { DatasetPreview, PreviewSample } from '../generated/schemas';
import { paintPoints } from './points';
import { flatNumbers } from './values';

const COLUMNS = 10;
const MOST_IMAGES = 20;

export function Samples({ preview }: { readonly preview: DatasetPreview }) {
  switch (preview.data.input_kind) {
    case 'image':
      return <Thumbnails preview={preview} />;
    case 'points':
      return <Points preview={preview} />;
    default:
      return <Rows samples={preview.samples} isIndex={preview.data.input_is_index} />;
  }
}

function Thumbnails({ preview }: { readonly preview: DatasetPreview }) {
  const shape = preview.data.input_shape;
  const samples = preview.samples.slice(0, MOST_IMAGES);
  const all = samples.flatMap((sample) => flatNumbers(sample.values));
  const ends: readonly [number, number] = [Math.min(...all), Math.max(...all)];
  return (
    <div
      className="thumbs"
      role="img"
      aria-label={`${samples.length} samples`}
      style={{ '--columns': COLUMNS } as object}
    >
      {samples.map((sample) => (
        <Thumbnail key={sample.index} sample={sample} shape={shape} ends={ends} />
      ))}
    </div>
  );
}

interface ThumbnailProps {
  readonly sample: PreviewSample;
  readonly shape: readonly number[];
  readonly ends: readonly [number, number];
}

function Thumbnail({ sample, shape, ends }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (!canvas.current) return;
      const data = Float32Array.from(flatNumbers(sample.values));
      const image = { data, shape: [1, ...(shape.length === 2 ? [1, ...shape] : shape)] };
      paintTiles(canvas.current, image, { columns: 1, low: ends[0], high: ends[1], scale: 'gray', pixel: 2 });
      // The grid decides the size on the screen.
      canvas.current.style.width = '100%';
      canvas.current.style.height = 'auto';
    };
    draw();
    return onThemeChange(draw);
  }, [sample, shape, ends]);
  return (
    <span title={sample.label === null ? undefined : `label ${sample.label}`}>
      <canvas ref={canvas} />
    </span>
  );
}

function Points({ preview }: { readonly preview: DatasetPreview }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paintPoints(canvas.current, preview);
    };
    draw();
    return onThemeChange(draw);
  }, [preview]);
  const names = preview.data.class_names;
  const label = `${preview.samples.length} training points${names.length > 0 ? ` of ${names.length} classes` : ''}`;
  return <canvas className="points" ref={canvas} role="img" aria-label={label} />;
}

const MOST_ROWS = 4;
const MOST_VALUES = 24;

function Rows({ samples, isIndex }: { readonly samples: readonly PreviewSample[]; readonly isIndex: boolean }) {
  const text = (value: number): string => (isIndex || Number.isInteger(value) ? String(value) : value.toFixed(1));
  return (
    <ul className="sample-rows num">
      {samples.slice(0, MOST_ROWS).map((sample) => (
        <li key={sample.index}>
          <span className="clip">{flatNumbers(sample.values).slice(0, MOST_VALUES).map(text).join(' ')}</span>
          <b>{sample.label}</b>
        </li>
      ))}
    </ul>
  );
}
