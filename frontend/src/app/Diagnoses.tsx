/** What was found in the run, one at a time: what, where, since when, why, and what can be done about it. */
import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Icon, type IconName } from '../forms/Icon';
import type { Diagnosis } from '../generated/schemas';
import { usePreferences, useRecord, useWorkplace } from '../session/react';
import { dismissalOf, inOrder } from '../stores/diagnoses';
import type { RunRecord } from '../stores/record';
import { RemedyButton, Why } from './Why';

const MOST_DISMISSED = 200;
const NONE: readonly Diagnosis[] = [];

/** Icon and colour: never colour alone. */
export const SIGNS: Record<Diagnosis['severity'], Extract<IconName, 'error' | 'warning' | 'info'>> = {
  problem: 'error',
  warning: 'warning',
  info: 'info',
};

export interface Found {
  readonly all: readonly Diagnosis[];
  /** Those that hold and were not put away, the most severe first. */
  readonly shown: readonly Diagnosis[];
}

export function useDiagnoses(record: RunRecord | null): Found {
  const all = useRecord(record, (one) => one?.diagnoses ?? NONE);
  const dismissed = usePreferences((one) => one.dismissed);
  const isOpen = (one: Diagnosis): boolean => !one.is_over && !dismissed.includes(dismissalOf(record?.id ?? '', one));
  return { all, shown: inOrder(all).filter(isOpen) };
}

export function DiagnosisLine({ record, found }: { readonly record: RunRecord; readonly found: Found }) {
  const { preferences } = useWorkplace();
  const [chosen, setChosen] = useState<string | null>(null);
  const at = Math.max(
    0,
    found.shown.findIndex((one) => one.kind === chosen),
  );
  const diagnosis = found.shown[at];
  if (!diagnosis) return null;
  const go = (by: number): void =>
    setChosen(found.shown[(at + by + found.shown.length) % found.shown.length]?.kind ?? null);
  const dismiss = (): void => {
    const dismissed = [...preferences.getState().dismissed, dismissalOf(record.id, diagnosis)];
    preferences.setState({ dismissed: dismissed.slice(-MOST_DISMISSED) });
  };
  const sign = SIGNS[diagnosis.severity];
  const [remedy] = diagnosis.remedies;
  return (
    <section className={`strip ${sign}`} aria-label="Diagnosis" data-diagnosis={diagnosis.kind}>
      <Icon name={sign} />
      <Tooltip label={diagnosis.text} maw={460} multiline events={{ hover: true, focus: true, touch: true }}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is cut off can be read by key too. */}
        <p className="grow two-lines" tabIndex={0}>
          <b>{diagnosis.title}</b> {diagnosis.text}
        </p>
      </Tooltip>
      {found.shown.length > 1 ? (
        <Turn found={found} at={at} go={go} />
      ) : found.all.length > 1 ? (
        <DiagnosisList found={found} label={`All ${found.all.length}`} />
      ) : null}
      <Why diagnosis={diagnosis} record={record} />
      {remedy ? <RemedyButton remedy={remedy} record={record} /> : null}
      <ActionIcon size="xs" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" size={13} />
      </ActionIcon>
    </section>
  );
}

interface TurnProps {
  readonly found: Found;
  readonly at: number;
  go(by: number): void;
}

/** Arrows to the next one; the count between them opens the list of all. */
function Turn({ found, at, go }: TurnProps) {
  return (
    <span className="strip-turn num">
      <ActionIcon size="xs" aria-label="Previous diagnosis" onClick={() => go(-1)}>
        <Icon name="left" size={13} />
      </ActionIcon>
      <DiagnosisList found={found} label={`${at + 1} of ${found.shown.length}`} />
      <ActionIcon size="xs" aria-label="Next diagnosis" onClick={() => go(1)}>
        <Icon name="right" size={13} />
      </ActionIcon>
    </span>
  );
}

/** All that was found in the run, what is over too. */
export function DiagnosisList({ found, label }: { readonly found: Found; readonly label: string }) {
  if (found.all.length === 0) return null;
  return (
    <Popover width={420} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="subtle" className="strip-quiet num" aria-label={`${label}: list of all diagnoses`}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className="diagnoses" aria-label="All diagnoses of this run">
          {inOrder(found.all).map((one) => (
            <li key={one.kind} className={one.is_over ? 'over' : SIGNS[one.severity]}>
              <Icon name={one.is_over ? 'check' : SIGNS[one.severity]} />
              <span>
                <b>{one.title}</b> {one.is_over ? 'No longer so.' : one.text}
              </span>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
