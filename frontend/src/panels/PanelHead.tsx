/** Title, unit or layer, switches, what was measured, menu: 32 pixels, no line below. */
import type { CSSProperties, ReactElement, ReactNode, RefObject } from 'react';
import { type Choice, chosen, type Drawn, type Layer, type Options } from './drawing';
import { PanelIcon } from './PanelIcon';

/** Goes where the head is narrow: the colour of the tag says as much. */
const LEAD = 'as of ';

export interface NumberedMark {
  readonly number: number;
  readonly isActive: boolean;
}

interface Props {
  readonly title: string;
  readonly drawn: Drawn;
  readonly marks: readonly NumberedMark[];
  readonly choices: readonly Choice[];
  readonly options: Options;
  readonly setOption: (name: string, value: string) => void;
  /** Text that changes with each step: written past React. */
  readonly metaRef: RefObject<HTMLSpanElement | null>;
  readonly children: ReactNode;
}

export function PanelHead({
  title,
  drawn,
  marks,
  choices,
  options,
  setOption,
  metaRef,
  children,
}: Props): ReactElement {
  const layers = drawn.layers ?? [];
  return (
    <div className="panel-head">
      {marks.map(({ number, isActive }) => (
        <span key={number} className="mark" data-active={isActive || undefined}>
          {number}
        </span>
      ))}
      <h3 title={title}>{title}</h3>
      {layers.length > 1 ? (
        <LayerSelect
          label="Layer"
          layers={layers}
          layer={drawn.layer ?? ''}
          choose={(name) => setOption('layer', name)}
        />
      ) : (
        drawn.unit && <span className={isSubject(drawn) ? 'panel-unit panel-subject' : 'panel-unit'}>{drawn.unit}</span>
      )}
      {drawn.picks?.map((pick) => (
        <LayerSelect
          key={pick.name}
          label={pick.label}
          layers={pick.values}
          layer={pick.value}
          choose={(name) => setOption(pick.name, name)}
        />
      ))}
      {drawn.state.kind === 'ready' &&
        choices.map((choice) => (
          <span className="panel-control" key={choice.name} data-spare={isSpare(choice, choices) || undefined}>
            {choice.place === 'menu' && <span className="panel-unit">{choice.label}</span>}
            <Segment choice={choice} value={chosen(options, choice)} setOption={setOption} />
          </span>
        ))}
      <span className="panel-meta" ref={metaRef} hidden={drawn.tag !== null} />
      {drawn.tag && (
        <span className="panel-meta">
          <span className={`panel-tag panel-tag-${drawn.tag.tone}`} title={drawn.tag.title ?? drawn.tag.text}>
            {drawn.tag.text.startsWith(LEAD) && <span className="panel-tag-lead">{LEAD}</span>}
            {drawn.tag.text.startsWith(LEAD) ? drawn.tag.text.slice(LEAD.length) : drawn.tag.text}
          </span>
        </span>
      )}
      {children}
    </div>
  );
}
/** Where there is one layer alone its name stands in the place of the unit. */
const isSubject = ({ unit, layers }: Drawn): boolean => layers?.length === 1 && layers[0]?.label === unit;

/** Choices of the menu that a head of usual width has room for. */
const MOST_IN_HEAD = 2;

const isSpare = (choice: Choice, choices: readonly Choice[]): boolean =>
  choice.place === 'menu' && choices.filter((one) => one.place === 'menu').indexOf(choice) >= MOST_IN_HEAD;

/** A word of so many letters would be no word when it is cut: a long title gives way to it. */
const SHORT = 10;

function LayerSelect({
  label,
  layers,
  layer,
  choose,
}: {
  label: string;
  layers: readonly Layer[];
  layer: string;
  choose: (name: string) => void;
}): ReactElement {
  const shown = layers.find(({ value }) => value === layer)?.label ?? '';
  return (
    <select
      className="panel-layer"
      data-short={shown.length <= SHORT || undefined}
      style={{ '--letters': shown.length } as CSSProperties}
      aria-label={label}
      title={shown}
      value={layer}
      onChange={(event) => choose(event.target.value)}
    >
      {layers.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function Segment({
  choice,
  value,
  setOption,
}: {
  choice: Choice;
  value: string;
  setOption: (name: string, value: string) => void;
}): ReactElement {
  return (
    <fieldset className="panel-segment" aria-label={choice.label}>
      {choice.values.map((one) => (
        <button
          key={one.value}
          type="button"
          aria-pressed={one.value === value}
          title={one.icon ? one.label : undefined}
          onClick={() => setOption(choice.name, one.value)}
        >
          {one.icon && <PanelIcon name={one.icon} />}
          <span className={one.icon ? 'panel-segment-word' : undefined}>{one.label}</span>
        </button>
      ))}
    </fieldset>
  );
}

/** A button of the foot for something that is on or off. */
export function Toggle({
  choice,
  value,
  setOption,
}: {
  choice: Choice;
  value: string;
  setOption: (name: string, value: string) => void;
}): ReactElement {
  const [on, off] = [choice.values[0], choice.values[1]];
  const isOn = value === on?.value;
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => setOption(choice.name, (isOn ? off?.value : on?.value) ?? '')}
    >
      <i className={`panel-toggle-mark ${on?.icon ?? 'tick'}`} aria-hidden="true" />
      {choice.label}
    </button>
  );
}
