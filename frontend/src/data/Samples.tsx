/** Some samples of the data as they are: images as thumbnails, points in the plane, sequences and tables as rows. */
import { useEffect, useRef } from 'react';
import { formatCounted, formatFixed, onThemeChange, paintTiles } from '../draw';
import { film, imagesAt } from '../draw/film';
import type { DatasetPreview, PreviewSample } from '../generated/schemas';
import { paintPoints } from './points';
import './samples.css';
import { flatNumbers, formatValue, numberOf, onOneLine } from './values';

const COLUMNS = 10;
const MOST_IMAGES = 20;
/** Axes of a clip: [frames, channels, height, width]. */
const CLIP = 4;

export function Samples({ preview }: { readonly preview: DatasetPreview }) {
  switch (preview.data.input_kind) {
    case 'image':
    case 'video':
      return <Thumbnails preview={preview} />;
    case 'points':
      return <Points preview={preview} />;
    default:
      return preview.data.feature_names.length > 0 ? <Table preview={preview} /> : <Rows preview={preview} />;
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
      aria-label={formatCounted(samples.length, 'sample')}
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
    const frames = shape.length === CLIP ? (shape[0] ?? 1) : null;
    const whole = shape.length === 2 ? [1, 1, ...shape] : frames === null ? [1, ...shape] : shape;
    const images = { data: Float32Array.from(flatNumbers(sample.values)), shape: whole };
    const draw = (): void => {
      if (!canvas.current) return;
      const image = frames === null ? images : imagesAt(images, frames, film.frameOf(frames));
      paintTiles(canvas.current, image, { columns: 1, low: ends[0], high: ends[1], scale: 'gray', pixel: 2 });
      // The grid decides the size on the screen.
      canvas.current.style.width = '100%';
      canvas.current.style.height = 'auto';
    };
    draw();
    const leaves = [onThemeChange(draw), frames === null ? null : film.subscribe(draw)];
    return () => {
      for (const leave of leaves) leave?.();
    };
  }, [sample, shape, ends]);
  return (
    <span title={sample.label === null ? undefined : `label ${sample.label}`}>
      <canvas ref={canvas} />
    </span>
  );
}

/** Points of a line get their target as height. */
export function onPlane(preview: DatasetPreview): DatasetPreview {
  if (preview.data.input_shape[0] !== 1) return preview;
  const raise = (sample: PreviewSample): PreviewSample => ({
    ...sample,
    values: [sample.values[0], HEIGHT * Number(sample.label ?? 0)],
  });
  return { ...preview, samples: preview.samples.map(raise), validation: preview.validation.map(raise) };
}

/** The line is six times as long as its targets are high; drawn three times as high, the curve fills the picture. */
const HEIGHT = 3;

function Points({ preview }: { readonly preview: DatasetPreview }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paintPoints(canvas.current, onPlane(preview));
    };
    draw();
    return onThemeChange(draw);
  }, [preview]);
  const names = preview.data.class_names;
  const label = `${formatCounted(preview.samples.length, 'training point')}${names.length > 0 ? ` of ${names.length} classes` : ''}`;
  return <canvas className="points" ref={canvas} role="img" aria-label={label} />;
}

const MOST_ROWS = 4;
const MOST_VALUES = 24;

function Rows({ preview }: { readonly preview: DatasetPreview }) {
  const isIndex = preview.data.input_is_index;
  const text = (value: number): string => (isIndex || Number.isInteger(value) ? String(value) : formatFixed(value, 1));
  const numbers = (sample: PreviewSample): string =>
    flatNumbers(sample.values).slice(0, MOST_VALUES).map(text).join(' ');
  return (
    <ul className="sample-rows num">
      {preview.samples.slice(0, MOST_ROWS).map((sample) => (
        <li key={sample.index} title={sample.text ?? undefined}>
          {sample.text === null ? (
            <span className="clip">{numbers(sample)}</span>
          ) : (
            <span className="clip sample-text">{onOneLine(sample.text)}</span>
          )}
          <b className={sample.text === null ? undefined : 'sample-text'}>{onOneLine(answerOf(sample) ?? '')}</b>
        </li>
      ))}
    </ul>
  );
}

/** The label, unless it says only what the text says, one character or one word later. */
export function answerOf({ text, label }: Pick<PreviewSample, 'text' | 'label'>): string | null {
  const later = text ? [text.slice(1), text.slice(text.indexOf(' ') + 1)] : [];
  return later.some((rest) => rest && rest !== text && label?.startsWith(rest)) ? null : label;
}

const MOST_COLUMNS = 3;
const MOST_FEATURES = 5;

/** A table on its side: there are more columns than fit, and their names are long. */
function Table({ preview }: { readonly preview: DatasetPreview }) {
  const samples = preview.samples.slice(0, MOST_COLUMNS);
  const names = preview.data.feature_names;
  const shown = names.slice(0, MOST_FEATURES);
  return (
    <table className="sample-table num">
      <thead>
        <tr>
          <th className="faint">{preview.data.class_names.length > 0 ? 'class' : 'target'}</th>
          {samples.map((sample) => (
            <th key={sample.index} className="clip" title={sample.label ?? undefined}>
              {sample.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((name, place) => (
          <tr key={name}>
            <th className="clip" title={name}>
              {name}
            </th>
            {samples.map((sample) => (
              <td key={sample.index}>{formatValue(numberOf(sample.values[place]))}</td>
            ))}
          </tr>
        ))}
      </tbody>
      {names.length > shown.length ? <caption>and {names.length - shown.length} more columns</caption> : null}
    </table>
  );
}
