/** The ⋯ menu of a panel: its choices, its table and files, its place. */
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { LARGEST } from './arrangement';
import { type Choice, chosen, type Options } from './drawing';
import type { FileFormat } from './export';
import type { Span } from './PanelCorner';
import { PanelIcon } from './PanelIcon';

export interface PanelCommands {
  readonly setOption: (name: string, value: string) => void;
  readonly maximise: () => void;
  readonly close: () => void;
  readonly moveBy: (places: number) => void;
  readonly resize: (rows: number, columns: number) => void;
  readonly save: (format: FileFormat) => void;
}

interface Props {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly options: Options;
  readonly isTable: boolean;
  readonly isMaximised: boolean;
  readonly formats: readonly FileFormat[];
  readonly span: Span;
  readonly commands: PanelCommands;
  readonly onOpen: () => void;
}

export function PanelMenu(props: Props): ReactElement {
  const { title, choices, options, isTable, isMaximised, formats, span, commands } = props;
  return (
    <Menu
      position="bottom-end"
      width={224}
      shadow="md"
      withinPortal
      transitionProps={{ duration: 90 }}
      onOpen={props.onOpen}
    >
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
        {!isMaximised && <SizeItems span={span} resize={commands.resize} />}
        <Menu.Item onClick={() => commands.moveBy(-1)}>Move forward</Menu.Item>
        <Menu.Item onClick={() => commands.moveBy(1)}>Move back</Menu.Item>
        <Menu.Item onClick={commands.close}>Close</Menu.Item>
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

/** What the corner does by dragging. */
function SizeItems({ span, resize }: { span: Span; resize: PanelCommands['resize'] }): ReactElement {
  const { rows, columns } = span;
  const sizes = [
    { label: 'Wider', rows, columns: columns + 1 },
    { label: 'Narrower', rows, columns: columns - 1 },
    { label: 'Taller', rows: rows + 1, columns },
    { label: 'Shorter', rows: rows - 1, columns },
  ];
  const can = (to: Span): boolean => Math.min(to.rows, to.columns) >= 1 && Math.max(to.rows, to.columns) <= LARGEST;
  return (
    <>
      {sizes.filter(can).map((to) => (
        <Menu.Item key={to.label} onClick={() => resize(to.rows, to.columns)}>
          {to.label}
        </Menu.Item>
      ))}
    </>
  );
}
