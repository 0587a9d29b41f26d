/** The data under the lamp: every sample with its label, what the network answers, and the loss. */
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../draw';
import type { CheckedData } from '../../generated/schemas';
import { usePage, useRecord, useSession, useWorkplace } from '../../session/react';
import { isOpen } from '../../stores/analyses';
import { isOpenFilter, NO_FILTER, type Part } from '../../stores/lamp';
import type { RunRecord } from '../../stores/record';
import { LampBar } from './LampBar';
import { LossRange } from './LossRange';
import { PlaneMap } from './PlaneMap';
import './look.css';
import { hasSingleClasses, numWrong, rowOf, verdictAt } from './rows';
import { SampleList } from './SampleList';
import { ShownSample } from './ShownSample';
import { useRows } from './useRows';
import { type SamplesFrame, useVerdicts } from './useVerdicts';
import { writeNumber } from './words';

export function LookPage() {
  const record = usePage((page) => page.record);
  const data = useRecord(record, (one) => one?.view?.check.data ?? null);
  const hadKeys = useRef(false);
  return record && data ? (
    <Lamp key={record.id} record={record} data={data} hadKeys={hadKeys} />
  ) : (
    <Said title="No run yet." />
  );
}

interface LampProps {
  readonly record: RunRecord;
  readonly data: CheckedData;
  readonly hadKeys: RefObject<boolean>;
}

function Lamp({ record, data, hadKeys }: LampProps) {
  const { session, page } = useWorkplace();
  const lamp = usePage((one) => one.lamp);
  const shown = usePage((one) => one.sample);
  const [trainSample, setTrainSample] = useState<number | null>(null);
  const [isHeld, hold] = useState(false);
  const [isHandIn, setHandIn] = useState(false);
  const { frame, asked } = useVerdicts(lamp.part, isHeld);
  const rows = useRows(frame, lamp, isHandIn);
  const item = frame?.items[0];
  const chosen = lamp.part === 'train' ? trainSample : data.num_validation > 0 ? shown : null;
  const verdict = useMemo(() => {
    const row = item && chosen !== null ? rowOf(item, chosen) : -1;
    return item && row >= 0 ? verdictAt(item, row, data.class_names, writeNumber) : null;
  }, [item, chosen, data]);
  const want = useWant(record, data, lamp.part);
  const spec = useRecord(record, (one) => one?.view?.spec ?? null);
  const isPlane = data.input_kind === 'points' && data.input_shape[0] === 2;
  // The chosen one may be out of sight, or not fit the filter.
  useEffect(() => {
    if (chosen !== null && !item) want([chosen]);
  }, [chosen, item, want]);

  const choose = (index: number): void => {
    if (lamp.part === 'train') setTrainSample(index);
    else session.showSample(index);
  };
  const open = (): void => {
    if (lamp.part === 'validation') page.setState({ dataPage: null });
  };
  return (
    <div className="lamp" data-digest={frame?.step} data-part={lamp.part}>
      <LampBar item={item} names={data.class_names} isHeld={isHeld} onHold={hold} />
      <div className="lamp-main">
        <div className="lamp-column">
          {item && frame ? (
            <>
              <Count frame={frame} rows={rows} isHeld={isHeld} isOrderHeld={isHandIn && !isHeld} record={record} />
              {rows.length === 0 ? (
                <NoneFits />
              ) : (
                <SampleList
                  key={lamp.part}
                  item={item}
                  rows={rows}
                  data={data}
                  chosen={chosen}
                  hadKeys={hadKeys}
                  onChoose={choose}
                  onOpen={open}
                  onHand={setHandIn}
                  onWant={(indices) => want(chosen === null ? indices : [chosen, ...indices])}
                />
              )}
            </>
          ) : (
            <Waiting part={lamp.part} data={data} reason={asked?.reason ?? null} progress={asked?.progress ?? null} />
          )}
        </div>
        <aside className="lamp-side">
          {item && spec && isPlane ? (
            <PlaneMap
              spec={spec}
              part={lamp.part}
              item={item}
              rows={rows}
              data={data}
              chosen={chosen}
              onChoose={choose}
            />
          ) : null}
          {item ? <LossRange item={item} /> : null}
          <ShownSample part={lamp.part} index={chosen} verdict={verdict} data={data} />
          <Trouble
            isAsking={asked !== null && isOpen(asked)}
            reason={asked?.status === 'failed' ? asked.reason : null}
          />
        </aside>
      </div>
    </div>
  );
}

/** Asks for samples of this part of the run's data. */
function useWant(record: RunRecord, data: CheckedData, part: Part): (indices: readonly number[]) => void {
  const { samples } = useSession();
  const spec = useRecord(record, (one) => one?.view?.spec ?? null);
  const size = data.input_shape.reduce((product, one) => product * one, 1);
  return useCallback(
    (indices) => {
      if (spec) samples.want({ spec, part, size }, indices);
    },
    [samples, spec, part, size],
  );
}

interface CountProps {
  readonly frame: SamplesFrame;
  readonly rows: Int32Array;
  readonly isHeld: boolean;
  readonly isOrderHeld: boolean;
  readonly record: RunRecord;
}

/** How many there are, how many are wrong, and when and how that was measured. */
function Count({ frame, rows, isHeld, isOrderHeld, record }: CountProps) {
  const { page } = useWorkplace();
  const lamp = usePage((one) => one.lamp);
  const isRunning = useRecord(record, (one) => one?.progress.status === 'running');
  const item = frame.items[0];
  if (!item) return null;
  const answersSteps = item.has_classes && !hasSingleClasses(item);
  const [told, wrong] = [item.index.data.length, numWrong(item)];
  const some = told < frame.num_samples ? `, of ${formatCount(frame.num_samples)} evenly taken` : '';
  return (
    <p className="lamp-count sm" role="status">
      <b className="num">{formatCount(rows.length)}</b> of {formatCount(told)} samples{some}
      {wrong === null ? '' : ` · ${formatCount(wrong)} wrong${answersSteps ? ' at some step' : ''}`}
      {isOpenFilter(lamp) || rows.length === 0 ? null : (
        <button
          type="button"
          className="link"
          onClick={() => page.setState((now) => ({ lamp: { ...now.lamp, ...NO_FILTER } }))}
        >
          Show all
        </button>
      )}
      <span className="grow" />
      <span className="xs muted num">
        {isHeld ? 'held at ' : isOrderHeld && isRunning ? 'order held while you are here · ' : ''}step{' '}
        {formatCount(frame.step)} · {frame.split} · {frame.mode}
      </span>
    </p>
  );
}

function NoneFits() {
  const { page } = useWorkplace();
  return (
    <Said title="No sample fits these filters.">
      <button
        type="button"
        className="panel-button"
        onClick={() => page.setState((now) => ({ lamp: { ...now.lamp, ...NO_FILTER } }))}
      >
        Show all
      </button>
    </Said>
  );
}

interface WaitingProps {
  readonly part: Part;
  readonly data: CheckedData;
  readonly reason: string | null;
  readonly progress: number | null;
}

function Waiting({ part, data, reason, progress }: WaitingProps) {
  const { page } = useWorkplace();
  if (part === 'validation' && data.num_validation === 0) {
    const look = (): void => page.setState((now) => ({ lamp: { ...now.lamp, part: 'train' } }));
    return (
      <Said title="No samples are kept for validation.">
        Raise the split, or look at the training part.
        <button type="button" className="panel-button" onClick={look}>
          Training part
        </button>
      </Said>
    );
  }
  if (reason) return <Said title="The training part could not be measured.">{reason}</Said>;
  const share = progress === null || progress === 0 ? '' : ` ${Math.round(100 * progress)} %`;
  return <Said title={part === 'train' ? `Measuring the training part …${share}` : 'No steps yet.'} />;
}

/** Why pictures or numbers do not come. */
function Trouble({ isAsking, reason }: { readonly isAsking: boolean; readonly reason: string | null }) {
  const { store } = useSession().samples;
  const said = reason ?? store.problem;
  if (!said || isAsking) return null;
  return (
    <p className="lamp-problem sm" role="alert">
      {said}
    </p>
  );
}

function Said({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="lamp-said" role="status">
      <p>
        <b>{title}</b> {children}
      </p>
    </div>
  );
}
