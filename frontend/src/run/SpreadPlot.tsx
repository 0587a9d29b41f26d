/** What the init does: the standard deviation of each layer's output at step 0, expected as a line, measured as a mark. */

import { formatDecade, formatNumber } from '../draw';
import { logTicks } from '../draw/ticks';
import { type Spread, warningOf } from '../editor/startSpread';
import { Icon } from '../forms/Icon';

const ROW = 18;
const LEFT = 84;
const WIDTH = 232;
const RIGHT = 44;
const LEAST = 1e-8;
const MODES =
  '. Behind a norm the two are not alike: expected is in train mode, measured (dashed) in eval mode, ' +
  'where the running statistics are still 0 and 1.';

/** A line below the row where the signal will not get through. */
export function SpreadWarning({ spreads }: { readonly spreads: readonly Spread[] }) {
  const warning = warningOf(spreads);
  return warning === null ? null : (
    <p className="spread-warning">
      <Icon name="warning" size={13} />
      {warning}
    </p>
  );
}

export function SpreadPlot({ spreads }: { readonly spreads: readonly Spread[] }) {
  const values = spreads.flatMap(({ expected, measured }) => [expected, measured]).filter((one) => one !== null);
  const positive = values.filter((one) => one > LEAST);
  if (positive.length === 0) return <p className="xs faint">No spread is known yet.</p>;
  const [low, high] = [Math.min(...positive, 0.5), Math.max(...positive, 2)];
  const place = (std: number): number =>
    LEFT + ((Math.log(Math.max(std, low)) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (WIDTH - LEFT - RIGHT);
  const height = spreads.length * ROW;
  const summary = spreads.map(
    ({ node, measured }) => `${node} ${measured === null ? 'unknown' : formatNumber(measured)}`,
  );
  return (
    <figure className="spread-plot">
      <figcaption className="xs faint">
        std at step 0: <b className="mark-expected" /> expected <b className="mark-measured" /> measured
        {spreads.some(({ modesDiffer }) => modesDiffer) ? MODES : null}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${height + 16}`}
        width="100%"
        role="img"
        aria-label={`Standard deviation of outputs at step 0: ${summary.join(', ')}`}
      >
        {logTicks(low, high, 3).map((tick) => (
          <g key={tick}>
            <line className="grid" x1={place(tick)} x2={place(tick)} y1={0} y2={height} />
            <text className="tick" x={place(tick)} y={height + 12} textAnchor="middle">
              {formatDecade(tick)}
            </text>
          </g>
        ))}
        {spreads.map(({ node, expected, measured, modesDiffer }, index) => {
          const y = index * ROW + ROW / 2;
          return (
            <g key={node}>
              <text className="name" x={0} y={y + 4}>
                {node.length > 13 ? `${node.slice(0, 12)}…` : node}
              </text>
              <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y} y2={y} />
              {expected === null ? null : (
                <line className="expected" x1={place(expected)} x2={place(expected)} y1={y - 6} y2={y + 6} />
              )}
              {measured === null ? null : (
                <>
                  <circle className={modesDiffer ? 'measured apart' : 'measured'} cx={place(measured)} cy={y} r={3.2} />
                  <text className="value" x={WIDTH} y={y + 4} textAnchor="end">
                    {formatNumber(measured, 2)}
                  </text>
                </>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
