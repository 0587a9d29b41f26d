/** Loss against learning rate, the rate on a logarithmic axis. */
import { formatDecade, formatNumber } from '../draw';
import { logTicks, niceTicks } from '../draw/ticks';
import type { SuggestedRate } from '../generated/schemas';
import type { RatePoint } from '../session/rangeTest';

const [WIDTH, HEIGHT] = [320, 168];
const BOX = { left: 38, right: WIDTH - 10, top: 14, bottom: HEIGHT - 20 };
/** Losses this many times the first one are above the picture: the test is meant to burst. */
const HIGHEST = 1.6;

interface RatePlotProps {
  readonly points: readonly RatePoint[];
  readonly suggestion: SuggestedRate | null;
}

export function RatePlot({ points, suggestion }: RatePlotProps) {
  const rates = points.map((point) => point.rate).filter((rate) => rate > 0);
  const [first, last] = [Math.min(...rates, 1e-6), Math.max(...rates, 10)];
  const shown = points.filter((point) => point.rate > 0 && Number.isFinite(point.loss));
  const start = shown[0]?.loss ?? 1;
  const low = Math.min(0, ...shown.map((point) => point.loss));
  const high = Math.max(start, ...shown.slice(0, 20).map((point) => point.loss)) * HIGHEST || 1;
  const x = (rate: number): number =>
    BOX.left + ((Math.log(rate) - Math.log(first)) / (Math.log(last) - Math.log(first))) * (BOX.right - BOX.left);
  const y = (loss: number): number =>
    BOX.bottom - ((Math.min(loss, high) - low) / (high - low)) * (BOX.bottom - BOX.top);
  const path = (line: readonly RatePoint[]): string =>
    line
      .map(({ rate, loss }, index) => `${index === 0 ? 'M' : 'L'}${x(rate).toFixed(1)} ${y(loss).toFixed(1)}`)
      .join('');
  const smooth = smoothOf(suggestion).filter((point) => point.rate > 0 && Number.isFinite(point.loss));
  const rate = suggestion?.rate ?? null;
  const label = rate === null ? `${shown.length} rates measured` : `suggested rate ${formatNumber(rate)}`;
  return (
    <svg
      className="small-plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`Loss against rate: ${label}`}
    >
      {niceTicks(low, high, 4).values.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={BOX.left} x2={BOX.right} y1={y(tick)} y2={y(tick)} />
          <text className="tick" x={BOX.left - 6} y={y(tick) + 4} textAnchor="end">
            {formatNumber(tick, 2)}
          </text>
        </g>
      ))}
      <line className="axis" x1={BOX.left} x2={BOX.right} y1={BOX.bottom} y2={BOX.bottom} />
      {logTicks(first, last, 4).map((tick) => (
        <text key={tick} className="tick" x={x(tick)} y={HEIGHT - 5} textAnchor="middle">
          {formatDecade(tick)}
        </text>
      ))}
      <text className="tick" x={BOX.right} y={BOX.top - 3} textAnchor="end">
        loss against rate
      </text>
      <path className={smooth.length > 0 ? 'line raw' : 'line'} d={path(shown)} />
      <path className="line" d={path(smooth)} />
      {rate === null ? null : (
        <>
          <line className="suggested" x1={x(rate)} x2={x(rate)} y1={BOX.top} y2={BOX.bottom} />
          <text className="suggested-text" x={x(rate) + 5} y={BOX.top + 10}>
            {formatNumber(rate)}
          </text>
        </>
      )}
    </svg>
  );
}

function smoothOf(suggestion: SuggestedRate | null): RatePoint[] {
  const curve = suggestion?.curve;
  return (curve?.rates ?? []).flatMap((rate, index) => {
    const loss = curve?.smoothed[index];
    return typeof loss === 'number' ? [{ rate, loss }] : [];
  });
}
