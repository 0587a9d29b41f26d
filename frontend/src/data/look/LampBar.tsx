/** What is looked at: the part of the data, right or wrong, classes, order, and whether the list stands still. */
import { Choice, type Option } from '../../forms/Choice';
import { Icon } from '../../forms/Icon';
import { usePage, useWorkplace } from '../../session/react';
import type { Lamp, Order } from '../../stores/lamp';
import type { SamplesItem } from '../../words/frames';
import { hasSingleClasses } from './rows';

const PARTS: readonly Option[] = [
  { value: 'validation', label: 'Validation' },
  { value: 'train', label: 'Training' },
];
const VERDICTS: readonly Option[] = [
  { value: 'all', label: 'All' },
  { value: 'wrong', label: 'Wrong' },
  { value: 'right', label: 'Right' },
];
const ORDERS: readonly (Option & { readonly value: Order })[] = [
  { value: 'hardest', label: 'Largest loss first' },
  { value: 'easiest', label: 'Smallest loss first' },
  { value: 'unsure', label: 'Least sure first' },
  { value: 'place', label: 'As in the data' },
];
const ANY = '';

interface LampBarProps {
  readonly item: SamplesItem | undefined;
  readonly names: readonly string[];
  readonly isHeld: boolean;
  readonly onHold: (isHeld: boolean) => void;
}

export function LampBar({ item, names, isHeld, onHold }: LampBarProps) {
  const { page } = useWorkplace();
  const lamp = usePage((one) => one.lamp);
  const set = (change: Partial<Lamp>): void => page.setState((now) => ({ lamp: { ...now.lamp, ...change } }));
  const hasClasses = item !== undefined && hasSingleClasses(item);
  const orders = ORDERS.filter(({ value }) => value !== 'unsure' || item?.probability);
  return (
    <div className="lamp-bar" role="toolbar" aria-label="Which samples">
      <Choice
        label="Part of the data"
        options={PARTS}
        value={lamp.part}
        onChange={(part) => set({ part: part as Lamp['part'] })}
      />
      {item?.wrong ? (
        <Choice
          label="Right or wrong"
          options={VERDICTS}
          value={lamp.verdict}
          onChange={(verdict) => set({ verdict: verdict as Lamp['verdict'] })}
        />
      ) : null}
      {hasClasses ? (
        <>
          <ClassChoice label="Label" names={names} value={lamp.label} onChange={(label) => set({ label })} />
          <ClassChoice
            label="Predicted"
            names={names}
            value={lamp.prediction}
            onChange={(prediction) => set({ prediction })}
          />
        </>
      ) : null}
      <span className="lamp-order">
        <Choice
          label="Order"
          options={orders}
          value={lamp.order}
          onChange={(order) => set({ order: order as Order })}
        />
      </span>
      <span className="grow" />
      <button
        type="button"
        className="panel-button"
        aria-pressed={isHeld}
        title={isHeld ? 'Show the newest numbers again' : 'Keep these numbers while the training goes on'}
        onClick={() => onHold(!isHeld)}
      >
        <Icon name={isHeld ? 'play' : 'pause'} size={12} /> {isHeld ? 'Go on' : 'Hold'}
      </button>
    </div>
  );
}

interface ClassChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

function ClassChoice({ label, names, value, onChange }: ClassChoiceProps) {
  const options = [{ value: ANY, label: 'any' }, ...names.map((name, at) => ({ value: String(at), label: name }))];
  return (
    <label className="lamp-class">
      <span className="sm muted">{label}</span>
      <select
        value={value === null ? ANY : String(value)}
        onChange={({ target }) => onChange(target.value === ANY ? null : Number(target.value))}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
