/** Every panel there is, by what it is about: a press puts one on the screen, another takes it off. */
import { TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { PANEL_GROUPS, type PanelKind } from './catalogue';

interface Props {
  readonly kinds: readonly PanelKind[];
  readonly shown: ReadonlySet<string>;
  /** Why a panel would be empty; null where it has something to show. */
  readonly whyNot: (kind: PanelKind) => string | null;
  readonly toggle: (id: string) => void;
  /** Back to the panels that suit the data. */
  readonly restore: () => void;
}

export function PanelList({ kinds, shown, whyNot, toggle, restore }: Props): ReactElement {
  const [query, setQuery] = useState('');
  const found = kinds.filter((kind) => fits(kind, query));
  const groups = PANEL_GROUPS.filter((group) => found.some((kind) => kind.group === group));
  return (
    <div className="panel-list">
      <TextInput
        size="xs"
        data-autofocus
        placeholder="Search panels"
        aria-label="Search panels"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
      />
      <div className="panel-list-groups">
        {groups.map((group) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            {found
              .filter((kind) => kind.group === group)
              .map((kind) => (
                <Entry
                  key={kind.id}
                  kind={kind}
                  isShown={shown.has(kind.id)}
                  why={whyNot(kind)}
                  toggle={() => toggle(kind.id)}
                />
              ))}
          </fieldset>
        ))}
        {found.length === 0 && <p className="panel-list-none">No panel has these words.</p>}
      </div>
      <button type="button" className="panel-button" onClick={restore}>
        The usual panels
      </button>
    </div>
  );
}

/** True where all words of the query are in what the panel says of itself. */
export function fits(kind: Pick<PanelKind, 'title' | 'group' | 'help'>, query: string): boolean {
  const text = `${kind.title} ${kind.group} ${kind.help}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface EntryProps {
  readonly kind: PanelKind;
  readonly isShown: boolean;
  readonly why: string | null;
  toggle(): void;
}

function Entry({ kind, isShown, why, toggle }: EntryProps): ReactElement {
  return (
    <label className="panel-list-entry" data-empty={why !== null || undefined}>
      <input type="checkbox" checked={isShown} onChange={toggle} />
      <span>
        {kind.title}
        <small>{why ?? kind.help}</small>
      </span>
    </label>
  );
}
