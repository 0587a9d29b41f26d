/**
 * The run as a line: what is recorded, the epochs, what was changed, the checkpoints, and where one looks. Dragging the
 * knob goes back in time; the green dot stays at the newest step.
 */
import { Tooltip } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { formatCount } from '../draw';
import { Redraw } from '../draw/redraw';
import { usePage, useRecord, useSession } from '../session/react';
import { shownStep } from '../stores/page';
import type { RunRecord } from '../stores/record';
import { Kept } from './Kept';
import { apart, type PlacedMark, placeMarks, ticks } from './ticks';
import { useCheckpoints } from './useCheckpoints';

const HEIGHT = 40;
const LINE = 24;
const MARGIN = 8;

export function Timeline({ record }: { readonly record: RunRecord | null }) {
  const { travel } = useSession();
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const slider = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sized, slider);
  const recorded = useRef<SVGRectElement>(null);
  const knob = useRef<SVGCircleElement>(null);
  const end = useRef<SVGCircleElement>(null);
  const view = useRecord(record, (one) => one?.view ?? null);
  const marks = useRecord(record, (one) => one?.marks ?? NONE);
  const viewStep = usePage(shownStep);
  const checkpoints = useCheckpoints(record);
  const span = Math.max(1, width - 2 * MARGIN);
  const planned = Math.max(1, view?.num_steps ?? 1, record?.progress.step ?? 0);
  const xOf = (step: number): number => MARGIN + (step / planned) * span;

  useEffect(() => {
    const element = slider.current;
    const draw = (): void => {
      const newest = record?.progress.step ?? 0;
      const at = viewStep ?? newest;
      const done = Math.min(1, newest / planned) * span;
      recorded.current?.setAttribute('width', done.toFixed(1));
      end.current?.setAttribute('cx', (MARGIN + done).toFixed(1));
      knob.current?.setAttribute('cx', (MARGIN + Math.min(1, at / planned) * span).toFixed(1));
      element?.setAttribute('aria-valuemax', String(newest));
      element?.setAttribute('aria-valuenow', String(at));
      element?.setAttribute('aria-valuetext', `Step ${formatCount(at)}${viewStep === null ? ', the newest' : ''}`);
    };
    const redraw = new Redraw('curve', draw);
    draw();
    const leave = record?.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record, planned, span, viewStep]);

  const go = (event: PointerEvent<HTMLDivElement>): void => {
    const left = event.currentTarget.getBoundingClientRect().left;
    travel.goTo(((event.clientX - left - MARGIN) / span) * planned, { snaps: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = KEYS[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act(travel, event.shiftKey);
  };

  return (
    <Tooltip
      label={<Kept record={record} />}
      maw={400}
      disabled={record === null || viewStep !== null}
      events={TIP_EVENTS}
    >
      <div
        className="timeline"
        ref={ref}
        role="slider"
        tabIndex={0}
        aria-label="Step that is shown"
        aria-valuemin={0}
        aria-valuenow={0}
        data-past={viewStep !== null || undefined}
        onKeyDown={onKeyDown}
        onPointerEnter={() => void travel.readSteps()}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && go(event)}
      >
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
          {apart(checkpoints, xOf).map((step) => (
            <circle key={step} className="timeline-checkpoint" cx={xOf(step)} cy={LINE} r={2.5}>
              <title>Checkpoint at step {formatCount(step)}</title>
            </circle>
          ))}
          {placeMarks(marks, xOf, width).map((mark) => (
            <MarkSign key={`${mark.kind}${mark.step}${mark.text}`} mark={mark} />
          ))}
          <circle className="timeline-end" ref={end} cy={LINE} r={4.5} />
          <circle className="timeline-knob" ref={knob} cy={LINE} r={7} />
        </svg>
      </div>
    </Tooltip>
  );
}

const TIP_EVENTS = { hover: true, focus: true, touch: false };

type Act = (travel: ReturnType<typeof useSession>['travel'], isWide: boolean) => void;

const KEYS: Record<string, Act> = {
  ArrowLeft: (travel, isWide) => (isWide ? travel.moveEpoch(-1) : void travel.move(-1)),
  ArrowRight: (travel, isWide) => (isWide ? travel.moveEpoch(1) : void travel.move(1)),
  ArrowDown: (travel) => void travel.move(-1),
  ArrowUp: (travel) => void travel.move(1),
  PageDown: (travel) => travel.moveEpoch(-1),
  PageUp: (travel) => travel.moveEpoch(1),
  Home: (travel) => travel.goTo(0),
  End: (travel) => travel.goTo(null),
};

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
  problem: (x) => `M${x - 2} 4h4l3 3v4l-3 3h-4l-3-3v-4z`,
};

function MarkSign({ mark }: { readonly mark: PlacedMark }) {
  const { x, kind, word, story, severity } = mark;
  const isProblem = severity === 'problem';
  const sign = SIGNS[isProblem ? 'problem' : kind];
  return (
    <g className={`timeline-mark ${isProblem ? 'problem' : kind}`}>
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
