/** One augmentation of the list: its place, whether it acts, its strengths, and draws of it. */
import { ActionIcon, Switch, Tooltip } from '@mantine/core';
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { formatNumber } from '../../../draw';
import { Icon } from '../../../forms/Icon';
import { SchemaField } from '../../../forms/SchemaField';
import { type Field, fieldsOf } from '../../../forms/schema';
import { useFormWords } from '../../../forms/useFormWords';
import type { Kind, KindSpec } from '../../../generated/schemas';
import { usePage } from '../../../session/react';
import type { EditPhase } from '../../../words/edit';
import type { ImageGridItem } from '../../../words/frames';
import { fieldOf } from '../../edits';
import { Pictures } from './Pictures';

export interface EntryProps {
  readonly place: number;
  readonly count: number;
  readonly spec: KindSpec;
  readonly kind: Kind | undefined;
  readonly chance: number;
  /** Five draws; null until they have come. */
  readonly item: ImageGridItem | null;
  /** Place of the one that is dragged at this moment. */
  readonly dragged: number | null;
  readonly onDrag: (place: number | null) => void;
  readonly onField: (name: string, value: unknown, phase: EditPhase) => void;
  readonly onSwitch: (isOn: boolean, before: number | undefined) => void;
  readonly onMove: (from: number, to: number) => void;
  readonly onRemove: () => void;
}

/** What is dragged inside the list. */
const DRAGGED = 'application/x-layerlab-augmentation';

export function Entry(props: EntryProps) {
  const { place, spec, kind, chance, item, dragged } = props;
  const [isOpen, open] = useState(false);
  const [isOver, setOver] = useState(false);
  const inWords = useFormWords();
  const title = kind?.title ?? spec.kind;
  const problem = usePage((page) => page.check?.problems.find((one) => one.path === `data.augment.${place}.kind`));
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (dragged !== null) props.onMove(dragged, place);
  };
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    <li
      className="augment-entry"
      data-kind={spec.kind}
      data-off={chance === 0 || undefined}
      data-over={isOver && dragged !== null ? lineAt(dragged, place) : undefined}
      data-dragged={dragged === place || undefined}
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <div className="augment-entry-head">
        <Handle {...props} title={title} />
        <button type="button" className="augment-name" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          <Icon name={isOpen ? 'down' : 'right'} size={13} />
          <span className="clip">{title}</span>
          <span className="xs muted num clip">{chance === 0 ? 'off' : summaryOf(spec, kind, chance)}</span>
        </button>
        <OnOff title={title} chance={chance} onSwitch={props.onSwitch} />
        <Tooltip label="Take it out">
          <ActionIcon size="sm" aria-label={`Take out ${title}`} onClick={props.onRemove}>
            <Icon name="close" size={13} />
          </ActionIcon>
        </Tooltip>
      </div>
      {problem ? (
        <p className="augment-problem xs" role="alert">
          {inWords(problem.message)}
        </p>
      ) : item ? (
        <Pictures item={item} from={1} side={44} columns={5} label={`Draws of ${title}`} />
      ) : (
        <div className="augment-waiting" />
      )}
      {isOpen ? <Fields {...props} /> : null}
    </li>
  );
}

/** Where the line of the place is drawn that the dragged one will take. */
const lineAt = (from: number, to: number): 'above' | 'below' | undefined =>
  from === to ? undefined : from < to ? 'below' : 'above';

function OnOff({ title, chance, onSwitch }: Pick<EntryProps, 'chance' | 'onSwitch'> & { readonly title: string }) {
  const before = useRef<number | undefined>(undefined);
  if (chance > 0) before.current = chance;
  return (
    <Switch
      size="xs"
      aria-label={`${title} is on`}
      checked={chance > 0}
      onChange={(event) => onSwitch(event.currentTarget.checked, before.current)}
    />
  );
}

/** Dragged by a hand, or moved by the arrow keys. */
function Handle({ place, count, onMove, onDrag, title }: EntryProps & { readonly title: string }) {
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (place + step >= 0 && place + step < count) onMove(place, place + step);
  };
  return (
    <Tooltip label="Drag, or ↑ ↓">
      <button
        type="button"
        className="augment-handle"
        draggable
        aria-label={`Move ${title}, ${place + 1} of ${count}: arrow keys`}
        onKeyDown={onKeyDown}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, String(place));
          onDrag(place);
        }}
        onDragEnd={() => onDrag(null)}
      >
        <i aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

function Fields({ place, spec, kind, onField }: EntryProps) {
  return (
    <div className="augment-fields">
      {kind ? <p className="xs muted">{kind.help}</p> : null}
      {fieldsLast(kind).map((field) => (
        <OneField key={field.name} {...{ place, spec, field, onField }} />
      ))}
    </div>
  );
}

/** What many of them have, with names of its own; it stands last. */
const SHARED: Readonly<Record<string, string>> = { padding_mode: 'Outside', p: 'Chance' };

function fieldsLast(kind: Kind | undefined): readonly Field[] {
  const fields = fieldsOf(kind);
  const shared = Object.keys(SHARED).flatMap((name) => fields.filter((field) => field.name === name));
  return [...fields.filter(({ name }) => !(name in SHARED)), ...shared];
}

function OneField({ place, spec, field, onField }: Pick<EntryProps, 'place' | 'spec' | 'onField'> & { field: Field }) {
  const inWords = useFormWords();
  const path = `data.augment.${place}.${field.name}`;
  const problem = usePage(
    (page) => [...page.refused, ...(page.check?.problems ?? [])].find((one) => one.path === path)?.message,
  );
  const written = fieldOf(spec, field.name);
  return (
    <SchemaField
      field={field}
      label={SHARED[field.name]}
      value={written === undefined ? field.initial : written}
      problem={problem && inWords(problem)}
      onChange={(value, phase) => onField(field.name, value, phase)}
    />
  );
}

/** Its first strength, and the chance where not every sample is changed. */
function summaryOf(spec: KindSpec, kind: Kind | undefined, chance: number): string {
  const [first] = fieldsLast(kind).filter(({ name, form }) => name !== 'p' && form.kind === 'number');
  const value = first ? (fieldOf(spec, first.name) ?? first.initial) : null;
  const parts = [typeof value === 'number' ? formatNumber(value) : '', chance < 1 ? `p ${formatNumber(chance)}` : ''];
  return parts.filter(Boolean).join(' · ');
}
