/** Fields with a few choices: a segmented switch for up to four short words, a select for more, a switch for yes or no. */
import { SegmentedControl, Select, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { Row, type RowProps } from './Row';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface ChoiceProps extends Omit<RowProps, 'children'> {
  readonly choices: readonly Choice[];
  /** Null when what it stands for is mixed: no choice is marked. */
  readonly value: string | null;
  readonly onChange: (value: string) => void;
}

export function SegmentedField({ choices, value, onChange, ...row }: ChoiceProps): ReactElement {
  return (
    <Row {...row}>
      {(ids) => (
        <SegmentedControl
          fullWidth
          classNames={{ root: 'segmented', indicator: 'segmented-tile', label: 'segmented-label' }}
          aria-labelledby={ids.label}
          data={[...choices]}
          value={value ?? ''}
          onChange={onChange}
          transitionDuration={0}
        />
      )}
    </Row>
  );
}

export function SelectField({ choices, value, onChange, ...row }: ChoiceProps): ReactElement {
  return (
    <Row {...row}>
      {(ids) => (
        <Select
          classNames={{ input: 'select-input', option: 'select-option' }}
          aria-labelledby={ids.label}
          data={[...choices]}
          value={value}
          placeholder="Mixed"
          searchable={choices.length > 8}
          allowDeselect={false}
          checkIconPosition="right"
          comboboxProps={{ shadow: 'md', transitionProps: { duration: 0 } }}
          onChange={(chosen) => chosen !== null && onChange(chosen)}
        />
      )}
    </Row>
  );
}

/** Segmented where the words are few and short, else a select. */
export function ChoiceField(props: ChoiceProps): ReactElement {
  const letters = props.choices.reduce((sum, choice) => sum + choice.label.length, 0);
  return props.choices.length <= 4 && letters <= 16 ? <SegmentedField {...props} /> : <SelectField {...props} />;
}

interface SwitchProps extends Omit<RowProps, 'children'> {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export function SwitchField({ value, onChange, ...row }: SwitchProps): ReactElement {
  return (
    <Row {...row}>
      {(ids) => (
        <Switch
          className="switch"
          size="sm"
          aria-labelledby={ids.label}
          checked={value}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )}
    </Row>
  );
}
