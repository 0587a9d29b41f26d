/** The samples after one step of preprocessing: pictures or rows, and how one channel or column is spread. */
import { useEffect, useMemo, useRef } from 'react';
import { formatCount, formatNumber, formatSpread, onThemeChange, paintHistogram, paintTiles, theme } from '../../draw';
import { scaleEnds } from '../../draw/tiles';
import { Formula } from '../../editor/Formula';
import type { CheckedData, FeatureStatistics, PreparationStage } from '../../generated/schemas';
import { flatNumbers, formatValue } from '../values';

interface StageProps {
  readonly stage: PreparationStage;
  readonly data: CheckedData;
  readonly feature: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export function Stage({ stage, data, feature, isFirst, isLast }: StageProps) {
  const statistics = stage.statistics[feature];
  const isPicture = data.input_kind === 'image' || data.input_kind === 'video';
  return (
    <li className="prepare-stage" data-stage={stage.name}>
      <h4>
        {stage.title}
        {isLast ? <small>{isFirst ? 'stored, and read so by the network' : 'as the network reads it'}</small> : null}
      </h4>
      <div className="prepare-formula">
        <Formula tex={stage.formula} />
      </div>
      {isPicture ? <Pictures stage={stage} data={data} /> : <Numbers stage={stage} />}
      {statistics ? <Spread statistics={statistics} /> : null}
      <Condition stage={stage} />
    </li>
  );
}

const COLUMNS = 4;
const SIDE = 44;

function Pictures({ stage, data }: { readonly stage: PreparationStage; readonly data: CheckedData }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const bar = useRef<HTMLSpanElement>(null);
  const isColour = data.input_shape.at(-3) === 3;
  const [low, high] = isSigned(stage, isColour)
    ? scaleEnds(stage.low, stage.high, 'diverging')
    : [stage.low, stage.high];
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paint(canvas.current, stage, data.input_shape);
      const scale = isSigned(stage, isColour) ? theme().diverging : theme().gray;
      if (bar.current) bar.current.style.background = scale.gradient();
    };
    draw();
    return onThemeChange(draw);
  }, [stage, data.input_shape, isColour]);
  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={`${stage.samples.length} training samples, ${stage.title}`} />
      <figcaption className="xs faint num" title="One scale for all samples of this step">
        {formatNumber(low)} <span ref={bar} className="prepare-bar" /> {formatNumber(high)}
      </figcaption>
    </figure>
  );
}

/** Numbers on both sides of 0 have it in the middle of their colours; three colours are shown as they are. */
const isSigned = ({ low }: PreparationStage, isColour: boolean): boolean => low < 0 && !isColour;

/** Of a clip its first frame. */
function paint(canvas: HTMLCanvasElement, stage: PreparationStage, shape: readonly number[]): void {
  const image = shape.slice(-3);
  const [channels = 1, height = 1, width = 1] = image;
  const size = channels * height * width;
  const samples = stage.samples.slice(0, 2 * COLUMNS);
  const values = new Float32Array(samples.length * size);
  samples.forEach((sample, at) => {
    values.set(flatNumbers(sample.values).slice(0, size), at * size);
  });
  const longest = Math.max(height, width);
  const pixel = Math.max(1, Math.floor(SIDE / longest));
  const stack = { data: values, shape: [samples.length, channels, height, width] };
  const tiles = COLUMNS * (channels === 3 ? 1 : channels);
  const scale = isSigned(stage, channels === 3) ? 'diverging' : 'gray';
  paintTiles(canvas, stack, { columns: tiles, low: stage.low, high: stage.high, scale, pixel, gap: 4 });
}

const ROWS = 3;
const VALUES = 4;

function Numbers({ stage }: { readonly stage: PreparationStage }) {
  return (
    <ul className="prepare-numbers num sm">
      {stage.samples.slice(0, ROWS).map((sample) => {
        const values = flatNumbers(sample.values);
        return (
          <li key={sample.index} className="clip">
            {values.slice(0, VALUES).map(formatValue).join('  ')}
            {values.length > VALUES ? '  …' : ''}
          </li>
        );
      })}
    </ul>
  );
}

function Spread({ statistics }: { readonly statistics: FeatureStatistics }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current) paintHistogram(canvas.current, statistics.counts, statistics.edges);
    };
    draw();
    return onThemeChange(draw);
  }, [statistics]);
  const { name, mean, std, min, max, num_missing } = statistics;
  const said = `${name}: mean ${formatNumber(mean)}, standard deviation ${formatNumber(std)}`;
  return (
    <figure>
      <canvas ref={canvas} className="prepare-histogram" role="img" aria-label={said} />
      <figcaption className="xs num">
        <span className="faint">{formatNumber(min)}</span>
        <span title={said}>
          <span className="muted">{name}</span> {formatSpread(mean, std)}
          {num_missing > 0 ? <span className="muted"> · {formatCount(num_missing)} missing</span> : null}
        </span>
        <span className="faint">{formatNumber(max)}</span>
      </figcaption>
    </figure>
  );
}

const WHY =
  'Largest over smallest eigenvalue of E[xxᵀ]: how much slower the slowest direction of a linear model learns than the fastest.';

function Condition({ stage }: { readonly stage: PreparationStage }) {
  const text = useMemo(() => (stage.condition === null ? null : formatNumber(stage.condition)), [stage]);
  // An empty line keeps the steps side by side.
  return text === null ? (
    <p />
  ) : (
    <p className="xs num" title={WHY}>
      <span className="muted">condition number</span> <b>{text}</b>
    </p>
  );
}
