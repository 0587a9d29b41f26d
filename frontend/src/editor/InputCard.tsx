/** The validation sample that all pictures show, what it is, and what the network takes it for. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { useCallback, useEffect, useRef } from 'react';
import { formatCount, formatFixed } from '../draw';
import { Pen } from '../draw/canvas';
import { Redraw } from '../draw/redraw';
import { Icon } from '../forms/Icon';
import type { CheckedData } from '../generated/schemas';
import { usePage, useSession } from '../session/react';
import type { FrameStore } from '../stores/frames';
import type { RunRecord } from '../stores/record';
import { FilmControl } from './FilmControl';
import { INPUT } from './graph';
import { InputText } from './InputText';
import { LiveCanvas } from './LiveCanvas';
import { mapsOf, paintItem, paintPoint } from './pictures';

const NOUNS: Record<string, string> = {
  image: 'image',
  points: 'point',
  sequence: 'sequence',
  tabular: 'row',
  video: 'clip',
};
const SIDE = { normal: 44, wide: 56 };

interface InputCardProps {
  /** Which part of the data: nearly always all of it. */
  readonly name: string;
  readonly data: CheckedData | null;
  readonly record: RunRecord | null;
  readonly isWide: boolean;
}

export function InputCard({ name, ...props }: InputCardProps) {
  return name === INPUT ? <WholeInput {...props} /> : <DecoderInput />;
}

/** The second part of the data of sequences to sequences. */
const DecoderInput = () => (
  <article className="card input-card">
    <p className="clip">
      <b>Decoder input</b> <span className="sm muted">the answer so far, one step late</span>
    </p>
  </article>
);

function WholeInput({ data, record, isWide }: Omit<InputCardProps, 'name'>) {
  const session = useSession();
  const sample = usePage((page) => page.sample);
  const noun = NOUNS[data?.input_kind ?? ''] ?? 'sample';
  const isClip = data?.input_kind === 'video';
  const isImage = data?.input_kind === 'image' || isClip;
  const isPoint = data?.input_kind === 'points' && data.input_shape[0] === 2;
  const isText = (data?.vocabulary.length ?? 0) > 0;
  const answersSteps = isText && data?.class_names.length !== 0 && data?.output_shape.length === 2;
  const side = isWide ? SIDE.wide : SIDE.normal;
  const draw = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const item = mapsOf(frames, [INPUT]);
      const box = { width: isImage ? side : 2.2 * side, height: isImage ? side : side / 2 };
      // Nothing takes as much room as what will come, not what a browser gives an empty canvas.
      if (!item) Pen.on(canvas, box.width, box.height);
      else if (isPoint) paintPoint(canvas, item, side);
      else paintItem(canvas, item, box, isImage ? 'gray' : undefined);
    },
    [isImage, isPoint, side],
  );
  const count = data?.num_validation ?? 0;
  return (
    <article className="card input-card">
      {isText ? null : (
        <span className="input-picture" style={{ minWidth: side, minHeight: side }}>
          <LiveCanvas record={record} className="pixels" label={`Validation ${noun} ${sample + 1}`} draw={draw} />
        </span>
      )}
      <div className="grow">
        <p className="clip">
          <b>Input</b>{' '}
          <span className="sm muted num">
            validation {noun} {formatCount(sample + 1)}
          </span>
        </p>
        {isText ? <InputText record={record} answersSteps={answersSteps} /> : null}
        {answersSteps ? null : <Answer record={record} />}
        {isClip ? <FilmControl frames={data.input_shape[0] ?? 1} /> : null}
      </div>
      <span className="input-buttons">
        <Tooltip label={<Keys label={`Previous ${noun}`} keys="Shift d" />}>
          <ActionIcon
            size="xs"
            aria-label={`Previous ${noun}`}
            disabled={count < 2}
            onClick={() => session.showSample(sample - 1)}
          >
            <Icon name="left" size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={<Keys label={`Next ${noun}`} keys="d" />}>
          <ActionIcon
            size="xs"
            aria-label={`Next ${noun}`}
            disabled={count < 2}
            onClick={() => session.showSample(sample + 1)}
          >
            <Icon name="right" size={14} />
          </ActionIcon>
        </Tooltip>
      </span>
    </article>
  );
}

const Keys = ({ label, keys }: { readonly label: string; readonly keys: string }) => (
  <span className="row">
    {label} <kbd>{keys}</kbd>
  </span>
);

/** 'label 7 · predicted 7 at 0.97', written past React whenever a frame says so. */
function Answer({ record }: { readonly record: RunRecord | null }) {
  const label = useRef<HTMLElement>(null);
  const prediction = useRef<HTMLElement>(null);
  const rest = useRef<HTMLElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const sample = record?.frames.newest('feature_maps')?.sample;
      write(label.current, sample?.label != null ? `label ${sample.label}` : '');
      write(prediction.current, sample?.prediction ?? '');
      write(rest.current, sample?.probability != null ? ` at ${formatFixed(sample.probability, 2)}` : '');
      prediction.current?.parentElement?.toggleAttribute('hidden', sample?.prediction == null);
      prediction.current?.toggleAttribute('data-wrong', sample?.label != null && sample.label !== sample.prediction);
    };
    draw();
    const redraw = new Redraw('picture', draw);
    const leave = record?.frames.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record]);
  return (
    <p className="xs faint num clip">
      <span ref={label} />
      <span hidden>
        {' · predicted '}
        <b ref={prediction} className="prediction" />
        <span ref={rest} />
      </span>
    </p>
  );
}

const write = (element: HTMLElement | null, text: string): void => {
  if (element && element.textContent !== text) element.textContent = text;
};
