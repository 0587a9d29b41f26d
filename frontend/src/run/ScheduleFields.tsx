/** The schedule, its fields, and a look at the learning rate over the whole run. */
import { useEffect, useState } from 'react';
import { formatCount, formatNumber } from '../draw';
import type { SchedulePreview } from '../generated/schemas';
import { useSession, useSpec, useSpecPart } from '../session/react';
import { KindRow } from './KindRow';

/** For a test, not for training: it has a button beside the rate. */
const NOT_FOR_TRAINING = ['range_test'];
const QUIET_MS = 120;

export function ScheduleFields() {
  return (
    <KindRow part="schedule" label="Schedule" without={NOT_FOR_TRAINING}>
      <Preview />
    </KindRow>
  );
}

/** The curve of the experiment as it is; the last one stays until the new one is there. */
function usePreview(): SchedulePreview | null {
  const spec = useSpec();
  const session = useSession();
  const [preview, setPreview] = useState<SchedulePreview | null>(null);
  const asked = JSON.stringify([spec.schedule, spec.optimizer, spec.training, spec.data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rate depends on these parts of the spec alone
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      session.ask.schedulePreview(spec).then(
        (found) => isWanted && setPreview(found),
        () => isWanted && setPreview(null),
      );
    }, QUIET_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [asked, session]);
  return preview;
}

const [WIDTH, HEIGHT] = [248, 60];
const BOX = { left: 2, right: WIDTH - 2, top: 14, bottom: HEIGHT - 14 };

function Preview() {
  const schedule = useSpecPart('schedule');
  const preview = usePreview();
  if (schedule.kind === 'constant' && !('warmup_steps' in schedule && schedule.warmup_steps)) return null;
  if (!preview || preview.rates.length === 0) return <div className="schedule-preview" aria-hidden="true" />;
  const { steps, rates } = preview;
  const high = Math.max(...rates) || 1;
  const last = steps.at(-1) || 1;
  const x = (step: number): number => BOX.left + (step / last) * (BOX.right - BOX.left);
  const y = (rate: number): number => BOX.bottom - (rate / high) * (BOX.bottom - BOX.top);
  const path = rates
    .map((rate, index) => `${index === 0 ? 'M' : 'L'}${x(steps[index] ?? 0).toFixed(1)} ${y(rate).toFixed(1)}`)
    .join('');
  const [first, end] = [rates[0] ?? 0, rates.at(-1) ?? 0];
  return (
    <svg
      className="small-plot schedule-preview"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`Learning rate over ${last} steps: from ${formatNumber(first)}, at most ${formatNumber(high)}, to ${formatNumber(end)}`}
    >
      <line className="axis" x1={BOX.left} x2={BOX.right} y1={BOX.bottom} y2={BOX.bottom} />
      <path className="line" d={path} />
      <text className="tick" x={BOX.left} y={10}>
        rate, at most {formatNumber(high)}
      </text>
      <text className="tick" x={BOX.left} y={HEIGHT - 2}>
        0
      </text>
      <text className="tick" x={BOX.right} y={HEIGHT - 2} textAnchor="end">
        {formatCount(last)} steps
      </text>
    </svg>
  );
}
