/**
 * Step, epoch and rate. The numbers are written straight into the page, past React, as soon as they come: in the queue
 * of the pictures they would fall behind the words that tell of a step.
 */
import { useEffect, useRef } from 'react';
import { formatCount, formatNumber, formatPercent } from '../draw';
import { usePage } from '../session/react';
import { shownStep } from '../stores/page';
import type { RunRecord } from '../stores/record';

const write = (element: HTMLElement | null, text: string): void => {
  if (element && element.textContent !== text) element.textContent = text;
};

function rateText(record: RunRecord | null): string {
  const rate = record?.progress.status === 'running' ? record.progress.rates.steps_per_second : 0;
  return rate > 0 ? formatNumber(rate, rate < 10 ? 2 : 3) : '–';
}

/** Share of the time that goes into making batches ready, augmentation included. */
function dataText(record: RunRecord | null): string {
  const { status, rates } = record?.progress ?? {};
  return status === 'running' && rates && rates.steps_per_second > 0 ? formatPercent(rates.data_share) : '–';
}

const ENGINE_WORDS = {
  eager: 'steps per s',
  compiled: 'compiled / s',
  cuda_graph: 'CUDA graph / s',
  lockstep: 'lockstep / s',
} as const;

export function Counters({ record }: { readonly record: RunRecord | null }) {
  const step = useRef<HTMLElement>(null);
  const steps = useRef<HTMLElement>(null);
  const epoch = useRef<HTMLElement>(null);
  const epochs = useRef<HTMLElement>(null);
  const rate = useRef<HTMLElement>(null);
  const engine = useRef<HTMLElement>(null);
  const share = useRef<HTMLElement>(null);
  const viewStep = usePage(shownStep);

  useEffect(() => {
    const draw = (): void => {
      const view = record?.view;
      const at = viewStep ?? record?.progress.step ?? 0;
      write(step.current, formatCount(at));
      write(steps.current, view ? ` / ${formatCount(view.num_steps)}` : '');
      const passes = viewStep === null || !view ? record?.progress.epoch : viewStep / view.steps_per_epoch;
      write(epoch.current, formatCount(Math.floor((passes ?? 0) + 1e-9)));
      write(epochs.current, view ? ` / ${formatCount(Math.ceil(view.num_steps / view.steps_per_epoch))}` : '');
      write(rate.current, rateText(record));
      write(engine.current, ENGINE_WORDS[record?.progress.rates.engine ?? 'eager']);
      write(share.current, dataText(record));
    };
    draw();
    return record?.subscribe(draw);
  }, [record, viewStep]);

  return (
    <>
      <div className="counter wide">
        <b>
          <span ref={step}>0</span>
          <small ref={steps} />
        </b>
        <span>step</span>
      </div>
      <div className="counter">
        <b>
          <span ref={epoch}>0</span>
          <small ref={epochs} />
        </b>
        <span>epoch</span>
      </div>
      <div className="counter extra">
        <b ref={rate}>–</b>
        <span ref={engine}>steps per s</span>
      </div>
      <div className="counter extra" title="Share of the time spent on making batches ready, augmentation included">
        <b ref={share}>–</b>
        <span>on data</span>
      </div>
    </>
  );
}
