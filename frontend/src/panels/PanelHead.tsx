/** Title, unit or layer, switches, what was measured, menu: 32 pixels, no line below. */
import type { ReactElement, ReactNode, RefObject } from 'react';
import { type Choice, chosen, type Drawn, type Options } from './drawing';
import { PanelIcon } from './PanelIcon';

interface Props {
  readonly title: string;
  readonly drawn: Drawn;
  readonly choices: readonly Choice[];
  readonly layer: string | undefined;
  readonly options: Options;
  readonly setOption: (name: string, value: string) => void;
  /** Text that changes with each step: written past React. */
  readonly metaRef: RefObject<HTMLSpanElement | null>;
  readonly children: ReactNode;
}

export function PanelHead({
  title,
  drawn,
  choices,
  layer,
  options,
  setOption,
  metaRef,
  children,
}: Props): ReactElement {
  const layers = drawn.layers ?? [];
  return (
    <header className="panel-head">
      <h3>{title}</h3>
      {layer !== undefined && layers.length > 1 ? (
        <LayerSelect layers={layers} layer={drawn.unit} choose={(name) => setOption('layer', name)} />
      ) : (
        drawn.unit && <span className="panel-unit">{drawn.unit}</span>
      )}
      {drawn.state.kind === 'ready' &&
        choices.map((choice) => (
          <Segment key={choice.name} choice={choice} value={chosen(options, choice)} setOption={setOption} />
        ))}
      <span className="panel-meta" ref={metaRef} hidden={drawn.tag !== null} />
      {drawn.tag && (
        <span className="panel-meta">
          <span className={`panel-tag panel-tag-${drawn.tag.tone}`}>{drawn.tag.text}</span>
        </span>
      )}
      {children}
    </header>
  );
}

function LayerSelect({
  layers,
  layer,
  choose,
}: {
  layers: readonly string[];
  layer: string;
  choose: (name: string) => void;
}): ReactElement {
  return (
    <select className="panel-layer" aria-label="Layer" value={layer} onChange={(event) => choose(event.target.value)}>
      {layers.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

function Segment({
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
          aria-label={one.icon ? one.label : undefined}
          title={one.icon ? one.label : undefined}
          onClick={() => setOption(choice.name, one.value)}
        >
          {one.icon ? <PanelIcon name={one.icon} /> : one.label}
        </button>
      ))}
    </fieldset>
  );
}
