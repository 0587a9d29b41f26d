/** The run as a line: what is recorded, the epochs, what was changed, and where it stands. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Redraw } from '../draw/redraw';
import { useRecord } from '../session/react';
import type { RunRecord } from '../stores/record';
import { type PlacedMark, placeMarks, ticks } from './ticks';

const HEIGHT = 40;
const LINE = 24;
const MARGIN = 8;

export function Timeline({ record }: { readonly record: RunRecord | null }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const recorded = useRef<SVGRectElement>(null);
  const knob = useRef<SVGCircleElement>(null);
  const view = useRecord(record, (one) => one?.view ?? null);
  const marks = useRecord(record, (one) => one?.marks ?? NONE);
  const span = Math.max(1, width - 2 * MARGIN);
  const planned = Math.max(1, view?.num_steps ?? 1, record?.progress.step ?? 0);
  const xOf = (step: number): number => MARGIN + (step / planned) * span;

  useEffect(() => {
    const draw = (): void => {
      const done = Math.min(1, (record?.progress.step ?? 0) / planned) * span;
      recorded.current?.setAttribute('width', done.toFixed(1));
      knob.current?.setAttribute('cx', (MARGIN + done).toFixed(1));
    };
    const redraw = new Redraw('curve', draw);
    draw();
    const leave = record?.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record, planned, span]);

  return (
    <div className="timeline" ref={ref}>
      <svg width={width} height={HEIGHT} role="img" aria-label={summary(marks)}>
        <rect className="timeline-rest" x={MARGIN} y={LINE - 2} width={span} height={4} rx={2} />
        <rect className="timeline-done" ref={recorded} x={MARGIN} y={LINE - 2} height={4} rx={2} />
        {ticks(view?.num_steps ?? 0, view?.steps_per_epoch ?? 1, span).map((tick) => (
          <g key={tick.step}>
            <line className="timeline-tick" x1={xOf(tick.step)} x2={xOf(tick.step)} y1={LINE + 5} y2={LINE + 8} />
            {tick.label ? (
              <text
                className="timeline-number"
                x={xOf(tick.step)}
                y={HEIGHT}
                textAnchor={anchor(xOf(tick.step), width)}
              >
                {tick.label}
              </text>
            ) : null}
          </g>
        ))}
        {placeMarks(marks, xOf, width).map((mark) => (
          <MarkSign key={`${mark.kind}${mark.step}${mark.text}`} mark={mark} />
        ))}
        <circle className="timeline-knob" ref={knob} cy={LINE} r={7} />
      </svg>
    </div>
  );
}

const NONE: RunRecord['marks'] = [];

const anchor = (x: number, width: number): 'start' | 'middle' | 'end' =>
  x < 30 ? 'start' : x > width - 24 ? 'end' : 'middle';

function summary(marks: RunRecord['marks']): string {
  const changes = marks.filter((mark) => mark.kind === 'change' || mark.kind === 'diagnosis');
  if (changes.length === 0) return 'Timeline of the run, no changes so far';
  return `Timeline of the run. ${changes.map((mark) => `Step ${mark.step}: ${mark.story ?? mark.text}`).join('. ')}`;
}

const SIGNS: Record<string, (x: number) => string> = {
  change: (x) => `M${x} 5l4.500 5l-4.500 5l-4.500-5z`,
  warning: (x) => `M${x} 4l5.500 9h-11z`,
  diagnosis: (x) => `M${x} 4l5.500 9h-11z`,
};

function MarkSign({ mark }: { readonly mark: PlacedMark }) {
  const { x, kind, word, story } = mark;
  const sign = SIGNS[kind];
  return (
    <g className={`timeline-mark ${kind}`}>
      <title>{story}</title>
      <line x1={x} x2={x} y1={14} y2={LINE - 2} />
      {sign ? <path d={sign(x)} /> : <circle cx={x} cy={10} r={3.2} />}
      {word ? (
        <text x={x + 8} y={13}>
          {word}
        </text>
      ) : null}
    </g>
  );
}
