/** One of a few: two to four short words are a row of tiles, more or longer ones a list to search in. */
import { type ComboboxProps, Select } from '@mantine/core';
import { useId } from 'react';
import { Icon } from './Icon';

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly group?: string;
  readonly help?: string;
}

export interface ChoiceProps {
  readonly id?: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string | null;
  /** What is shown when the value is none of the options, such as 'mixed'. */
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  onChange(value: string): void;
}

const MOST_TILES = 4;
const MOST_LETTERS = 18;
const SEARCH_FROM = 9;

/** True where the options fit side by side in the rail. */
export function fitsTiles(options: readonly Option[]): boolean {
  const letters = options.reduce((sum, option) => sum + option.label.length, 0);
  return options.length >= 2 && options.length <= MOST_TILES && letters <= MOST_LETTERS;
}

export function Choice(props: ChoiceProps) {
  return fitsTiles(props.options) ? <Tiles {...props} /> : <List {...props} />;
}

function Tiles({ label, options, value, isDisabled, onChange }: ChoiceProps) {
  const name = useId();
  return (
    <div className="tiles" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} title={option.help}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={isDisabled}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

/** Options are made when the list opens: with the list closed they cost every edit time. */
const DROPDOWN: ComboboxProps = {
  width: 264,
  position: 'bottom-start',
  offset: 4,
  transitionProps: { duration: 0 },
  keepMounted: false,
};

type Entry = { readonly value: string; readonly label: string };

/** Options under the heads of their groups, in the order in which the groups first appear. */
function grouped(options: readonly Option[]): (Entry | { group: string; items: Entry[] })[] {
  const groups = new Map<string, Entry[]>();
  for (const { value, label, group = '' } of options)
    groups.set(group, [...(groups.get(group) ?? []), { value, label }]);
  if (groups.size < 2) return options.map(({ value, label }) => ({ value, label }));
  return [...groups].map(([group, items]) => ({ group, items }));
}

function List(props: ChoiceProps) {
  const help = new Map(props.options.map((option) => [option.value, option.help]));
  return (
    <Select
      id={props.id}
      aria-label={props.label}
      data={grouped(props.options)}
      value={props.value}
      placeholder={props.placeholder}
      disabled={props.isDisabled}
      searchable={props.options.length >= SEARCH_FROM}
      allowDeselect={false}
      checkIconPosition="right"
      rightSection={<Icon name="down" size={13} />}
      rightSectionPointerEvents="none"
      maxDropdownHeight={340}
      comboboxProps={DROPDOWN}
      onChange={(value) => value !== null && onChangeOf(props, value)}
      renderOption={({ option }) => (
        <span className="option">
          <span>{option.label}</span>
          {help.get(option.value) ? <small>{help.get(option.value)}</small> : null}
        </span>
      )}
    />
  );
}

const onChangeOf = (props: ChoiceProps, value: string): void => {
  if (value !== props.value) props.onChange(value);
};
