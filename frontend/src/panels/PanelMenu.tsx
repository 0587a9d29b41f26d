/** The ⋯ menu of a panel: its choices, its table and files, its place. */
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { type Choice, chosen, type Options } from './drawing';
import { PanelIcon } from './PanelIcon';

export interface PanelCommands {
  readonly setOption: (name: string, value: string) => void;
  readonly maximise: () => void;
  readonly close: () => void;
  readonly moveBy: (places: number) => void;
  readonly add: (id: string) => void;
  readonly save: (format: 'png' | 'svg' | 'csv') => void;
}

interface Props {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly options: Options;
  readonly isTable: boolean;
  readonly isMaximised: boolean;
  readonly formats: readonly ('png' | 'svg' | 'csv')[];
  /** Panels that are not on the screen. */
  readonly closed: readonly { id: string; title: string }[];
  readonly commands: PanelCommands;
}

export function PanelMenu(props: Props): ReactElement {
  const { title, choices, options, isTable, isMaximised, formats, closed, commands } = props;
  return (
    <Menu position="bottom-end" width={224} shadow="md" withinPortal transitionProps={{ duration: 90 }}>
      <Menu.Target>
        <button type="button" className="panel-menu" aria-label={`${title}: menu`} title="Menu">
          <PanelIcon name="dots" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="panel-dropdown">
        {choices.map((choice) => (
          <ChoiceItems key={choice.name} choice={choice} options={options} setOption={commands.setOption} />
        ))}
        {choices.length > 0 && <Menu.Divider />}
        <Menu.Item onClick={() => commands.setOption('table', isTable ? '' : 'on')}>
          {isTable ? 'Show as picture' : 'Show as table'}
        </Menu.Item>
        {formats.map((format) => (
          <Menu.Item key={format} onClick={() => commands.save(format)}>
            Save as {format.toUpperCase()}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={commands.maximise} rightSection={<kbd>{isMaximised ? 'Esc' : 'Enter'}</kbd>}>
          {isMaximised ? 'Back to the grid' : 'Maximise'}
        </Menu.Item>
        <Menu.Item onClick={() => commands.moveBy(-1)}>Move forward</Menu.Item>
        <Menu.Item onClick={() => commands.moveBy(1)}>Move back</Menu.Item>
        <Menu.Item onClick={commands.close}>Close</Menu.Item>
        {closed.length > 0 && <AddItems closed={closed} add={commands.add} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function ChoiceItems({
  choice,
  options,
  setOption,
}: {
  choice: Choice;
  options: Options;
  setOption: (name: string, value: string) => void;
}): ReactElement {
  const current = chosen(options, choice);
  return (
    <div className="panel-choice" role="presentation">
      <Menu.Label>{choice.label}</Menu.Label>
      <div className="panel-choice-row" role="presentation">
        <Menu.RadioGroup value={current} onChange={(value) => setOption(choice.name, value)}>
          {choice.values.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value} checkIcon={<span hidden />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </div>
    </div>
  );
}

function AddItems({ closed, add }: { closed: Props['closed']; add: (id: string) => void }): ReactElement {
  return (
    <>
      <Menu.Divider />
      <Menu.Label>Add a panel</Menu.Label>
      {closed.map(({ id, title }) => (
        <Menu.Item key={id} onClick={() => add(id)}>
          {title}
        </Menu.Item>
      ))}
    </>
  );
}
