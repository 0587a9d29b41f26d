/** Ctrl K: everything the page can do, found by a few letters. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../forms/Icon';
import { useWorkplace } from '../session/react';
import { commands, match, type PaletteCommand, search } from './commands';
import { Dialog } from './Dialog';

const MOST_AT_FIRST = 6;
const MOST_FOUND = 40;

interface PaletteProps {
  readonly isOpen: boolean;
  onClose(): void;
  onKeys(): void;
}

export function Palette(props: PaletteProps) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} label="Commands" className="palette">
      <Search {...props} />
    </Dialog>
  );
}

/** Without a query, the first of each group: a picture of what there is. */
function found(all: readonly PaletteCommand[], query: string): PaletteCommand[] {
  if (query.trim()) return byGroup(search(all, query).slice(0, MOST_FOUND));
  const counts = new Map<string, number>();
  return all.filter((command) => {
    const count = counts.get(command.group) ?? 0;
    counts.set(command.group, count + 1);
    return count < MOST_AT_FIRST;
  });
}

/** Groups in the order of their best command, commands in the order of their fit. */
function byGroup(list: readonly PaletteCommand[]): PaletteCommand[] {
  const groups = [...new Set(list.map((command) => command.group))];
  return groups.flatMap((group) => list.filter((command) => command.group === group));
}

function Search({ onClose, onKeys }: PaletteProps) {
  const workplace = useWorkplace();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const all = useMemo(() => commands(workplace, onKeys), [workplace, onKeys]);
  const shown = useMemo(() => found(all, query), [all, query]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const run = (command: PaletteCommand | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const count = Math.max(1, shown.length);
    const moves: Record<string, () => void> = {
      ArrowDown: () => setActive((active + 1) % count),
      ArrowUp: () => setActive((active + count - 1) % count),
      Enter: () => run(shown[active]),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  return (
    <>
      <label className="palette-find">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a palette is opened to be typed into
          autoFocus
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown[active] ? `palette-${shown[active].id}` : undefined}
          aria-label="Find a command"
          placeholder="Find a command"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {shown.length === 0 ? <p className="palette-none">Nothing is called that.</p> : null}
        {shown.map((command, index) => (
          <Entry
            key={command.id}
            command={command}
            query={query}
            isFirst={command.group !== shown[index - 1]?.group}
            isActive={index === active}
            onPoint={() => setActive(index)}
            onRun={() => run(command)}
          />
        ))}
      </div>
      <footer className="palette-foot">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> do
        </span>
        <span>
          <kbd>Esc</kbd> close
        </span>
      </footer>
    </>
  );
}

interface EntryProps {
  readonly command: PaletteCommand;
  readonly query: string;
  readonly isFirst: boolean;
  readonly isActive: boolean;
  onPoint(): void;
  onRun(): void;
}

function Entry({ command, query, isFirst, isActive, onPoint, onRun }: EntryProps) {
  const marked = new Set(match(command.title, query));
  return (
    <>
      {isFirst ? <p className="palette-group">{command.group}</p> : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above keeps the focus and reads the keys */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the field above points at it */}
      <div
        id={`palette-${command.id}`}
        className="palette-entry"
        role="option"
        aria-selected={isActive}
        onMouseMove={onPoint}
        onClick={onRun}
      >
        <Icon name={command.icon} />
        <span className="grow clip">
          {[...command.title].map((letter, index) => (marked.has(index) ? <mark key={index}>{letter}</mark> : letter))}
          {command.note ? <small className="num"> {command.note}</small> : null}
        </span>
        {command.effect ? <span className={`tag ${command.effect}`}>{command.effect}</span> : null}
        {command.keys ? <kbd>{command.keys}</kbd> : null}
      </div>
    </>
  );
}
