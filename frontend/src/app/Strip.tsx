/** One line above the panels: what happened, why, and what can be done. Its place is kept when there is nothing to say. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { formatCount, formatCounted, formatNumber } from '../draw';
import { Icon } from '../forms/Icon';
import { useFormWords } from '../forms/useFormWords';
import { STATUS_WORDS } from '../run/status';
import { usePage, useRecord, useSession, useSpecPart, useWorkplace } from '../session/react';
import type { RunRecord } from '../stores/record';
import { DiagnosisLine, DiagnosisList, type Found, useDiagnoses } from './Diagnoses';
import { PastLine } from './PastLine';

export function Strip() {
  const notice = usePage((page) => page.notice);
  const record = usePage((page) => page.record);
  const status = useRecord(record, (one) => one?.progress.status);
  const isPast = usePage((page) => page.viewStep !== null);
  const found = useDiagnoses(record);
  if (notice) return <NoticeLine />;
  if (isPast) return <PastLine record={record} />;
  if (record && found.shown.length > 0 && status !== 'failed' && status !== 'interrupted' && status !== 'stopped') {
    return <DiagnosisLine record={record} found={found} />;
  }
  if (record && (status === 'diverged' || status === 'failed' || status === 'interrupted' || status === 'stopped')) {
    return <Ended record={record} status={status} found={found} />;
  }
  return <Quiet record={record} found={found} />;
}

/** What happened and what can be done about it; nothing where there is nothing to say. */
export function NoticeLine() {
  const { page } = useWorkplace();
  const notice = usePage((one) => one.notice);
  const inWords = useFormWords();
  if (!notice) return null;
  return (
    <div className={`strip ${notice.severity}`} role={notice.severity === 'error' ? 'alert' : 'status'}>
      <Icon name={notice.severity} />
      <p className="grow">
        <b>{inWords(notice.title)}</b> {inWords(notice.text)}
      </p>
      {notice.action ? <Button onClick={notice.action.run}>{notice.action.label}</Button> : null}
      <ActionIcon size="xs" aria-label="Dismiss" onClick={() => page.setState({ notice: null })}>
        <Icon name="close" size={13} />
      </ActionIcon>
    </div>
  );
}

const SEVERITY = { diverged: 'error', failed: 'error', interrupted: 'warning', stopped: 'info' } as const;

interface EndedProps {
  readonly record: RunRecord;
  readonly status: keyof typeof SEVERITY;
  readonly found: Found;
}

function Ended({ record, status, found }: EndedProps) {
  const reason = useRecord(record, (one) => one?.progress.reason ?? '');
  const step = useRecord(record, (one) => one?.progress.step ?? 0);
  const severity = SEVERITY[status];
  const told = sentences(reason, `${STATUS_WORDS[status]} at step ${formatCount(step)}.`);
  return (
    <div className={`strip ${severity}`} role={severity === 'error' ? 'alert' : 'status'}>
      <Icon name={severity} />
      <Tooltip label={reason} maw={460} disabled={told.rest === ''} events={{ hover: true, focus: true, touch: true }}>
        <p className="grow clip" tabIndex={told.rest === '' ? undefined : 0}>
          <b>{told.title}</b> {told.rest}
        </p>
      </Tooltip>
      <DiagnosisList found={found} label={numFound(found)} />
      {status === 'diverged' ? <LowerRate /> : null}
      {status === 'interrupted' || status === 'stopped' ? <GoOn record={record} /> : null}
      {status === 'failed' ? <TrainAgain /> : null}
    </div>
  );
}

/** The first sentence of a reason stands out; where there is none, the state does. */
function sentences(reason: string, otherwise: string): { readonly title: string; readonly rest: string } {
  const end = reason.search(/[.!?]( |$)/);
  if (reason === '') return { title: otherwise, rest: '' };
  return end < 0 ? { title: reason, rest: '' } : { title: reason.slice(0, end + 1), rest: reason.slice(end + 2) };
}

/** The remedy that nearly always helps when a loss grows without bound. */
function LowerRate() {
  const session = useSession();
  const optimizer = useSpecPart('optimizer');
  const kinds = usePage((page) => page.catalog?.kinds);
  const kind = kinds?.find((one) => one.family === 'optimizer' && one.kind === optimizer.kind);
  const defaults = kind?.fields.properties as Record<string, { default?: unknown }> | undefined;
  const rate = (optimizer as Record<string, unknown>).lr ?? defaults?.lr?.default;
  if (typeof rate !== 'number') return null;
  const lower = Number((rate / 10).toPrecision(2));
  const again = async (): Promise<void> => {
    session.edit((spec) => ({ ...spec, optimizer: { ...spec.optimizer, lr: lower } as typeof spec.optimizer }));
    await session.train();
  };
  return (
    <Button onClick={() => void again()}>
      Train with rate {formatNumber(lower)} <span className="tag restarts">restarts</span>
    </Button>
  );
}

function GoOn({ record }: { readonly record: RunRecord }) {
  const session = useSession();
  const isResumable = useRecord(record, (one) => one?.view?.resumable === true);
  if (!isResumable) return null;
  return <Button onClick={() => void session.goOn()}>Go on from there</Button>;
}

function TrainAgain() {
  const session = useSession();
  return <Button onClick={() => void session.train()}>Train again</Button>;
}

/** What is true and needs no action, in quiet grey. */
function Quiet({ record, found }: { readonly record: RunRecord | null; readonly found: Found }) {
  const line = useRecord(record, quietLine);
  const hasErrors = usePage((page) => page.check?.ok === false);
  const isOfGraph = usePage((page) =>
    page.check?.problems.some(({ severity, path }) => severity === 'error' && path.startsWith('graph')),
  );
  const isEmpty = useSpecPart('graph').length === 0;
  const where = isOfGraph
    ? 'The network has an error: it is marked on its node.'
    : 'The experiment has an error: it is told above the network.';
  const wrong = isEmpty ? 'The network has no layers yet.' : where;
  const stands = hasErrors ? wrong : line;
  return (
    <div className="strip quiet">
      <p className="grow clip num">{stands}</p>
      <DiagnosisList found={found} label={numFound(found)} />
    </div>
  );
}

function numFound({ all }: Found): string {
  return all.length === 1 ? '1 diagnosis' : `${all.length} diagnoses`;
}

function quietLine(record: RunRecord | null): string {
  const progress = record?.progress;
  if (!record || !progress) return 'Building the network …';
  const { status, step, reason } = progress;
  if (status === 'completed') return reason ? reason : `Completed after ${formatCounted(step, 'step')}.`;
  if (status === 'queued') return reason ?? 'In the queue: it trains as soon as another run ends.';
  if (status === 'paused')
    return step === 0
      ? 'Ready at step 0: the weights are initialised and nothing is trained yet.'
      : 'Paused. Space goes on, a full stop takes one step.';
  if (reason) return reason;
  const examined = progress.rates.examined_step;
  if (examined === null) return 'Training. What is unusual will be told here.';
  const unusual = record.diagnoses.length > 0 ? 'Nothing else unusual' : 'Nothing unusual';
  return `${unusual} up to step ${formatCount(examined)}.`;
}
