/** The search for a layer to add: typed and entered, pressed, or dragged onto a wire. */
import { ActionIcon } from '@mantine/core';
import { type DragEvent, type FocusEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../forms/Icon';
import { usePage, useSpecPart, useWorkplace } from '../session/react';
import type { AddPlace } from '../stores/page';
import { addLayer } from './actions';
import { groupsOf, readers, type Wired, wire } from './graph';
import { LAYER_TYPE, type LayerEntry, layerEntries, searchLayers } from './layerSearch';
import { endOf, sourceAt } from './placing';
import { INPUT, nodeOf } from './sources';

interface AddLayerProps {
  readonly place: AddPlace;
  /** True where it is a part of the empty network, and not laid over one. */
  readonly isInline?: boolean;
}

export function AddLayer({ place, isInline = false }: AddLayerProps) {
  const workplace = useWorkplace();
  const { page } = workplace;
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  const where = useWhere(place);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [isDragging, setDragging] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const isAsked = usePage((one) => one.adding !== null);
  const entries = useMemo(() => layerEntries(kinds), [kinds]);
  const shown = useMemo(() => searchLayers(entries, query), [entries, query]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  useEffect(() => {
    if (isAsked) field.current?.focus();
  }, [isAsked]);

  const close = (): void => page.setState({ adding: null });
  const add = (entry: LayerEntry | undefined): void => {
    if (!entry) return;
    // The new card takes the focus, which must not be in what goes away.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    close();
    addLayer(workplace, entry.id, place);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const count = Math.max(1, shown.length);
    const moves: Record<string, () => void> = {
      ArrowDown: () => setActive((active + 1) % count),
      ArrowUp: () => setActive((active + count - 1) % count),
      Enter: () => add(shown[active]),
      Escape: () => {
        close();
        focusBack(page.getState().selected);
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const onBlur = (event: FocusEvent): void => {
    if (!isInline && !isDragging && event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
  };
  const onDragStart = (event: DragEvent, entry: LayerEntry): void => {
    event.dataTransfer.setData(LAYER_TYPE, entry.id);
    event.dataTransfer.effectAllowed = 'copy';
    // A list that changes while the drag begins would end it.
    setTimeout(() => setDragging(true));
  };
  const onDragEnd = (event: DragEvent): void => {
    setDragging(false);
    if (event.dataTransfer.dropEffect !== 'none') close();
  };
  const groups = [...new Set(shown.map((entry) => entry.group))];
  const inGroups = query.trim() ? shown : groups.flatMap((group) => shown.filter((entry) => entry.group === group));
  return (
    <section
      className={isInline ? 'add-layer inline' : 'add-layer'}
      aria-label="Add a layer"
      data-dragging={isDragging || undefined}
      tabIndex={-1}
      onBlur={onBlur}
    >
      <label className="add-find">
        <Icon name="search" />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="add-list"
          aria-activedescendant={inGroups[active] ? `add-${inGroups[active].id}` : undefined}
          aria-label="Find a layer"
          placeholder="Find a layer"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        {isInline ? null : (
          <>
            <span className="add-where clip">{where}</span>
            <ActionIcon size="xs" aria-label="Close" onClick={close}>
              <Icon name="close" size={13} />
            </ActionIcon>
          </>
        )}
      </label>
      <div className="add-list" id="add-list" role="listbox" aria-label="Layers" ref={list}>
        {inGroups.length === 0 ? <p className="add-none">No layer is called that.</p> : null}
        {inGroups.map((entry, index) => (
          <div key={entry.id} role="presentation">
            {query.trim() === '' && entry.group !== inGroups[index - 1]?.group ? (
              <p className="add-group">{entry.group}</p>
            ) : null}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above keeps the focus and reads the keys */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: the field above points at it */}
            <div
              id={`add-${entry.id}`}
              className="add-entry"
              role="option"
              aria-selected={index === active}
              draggable
              onDragStart={(event) => onDragStart(event, entry)}
              onDragEnd={onDragEnd}
              onMouseMove={() => setActive(index)}
              onClick={() => add(entry)}
            >
              <b>{entry.title}</b>
              <small className="clip">{entry.help}</small>
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}

const NO_KINDS: never[] = [];

function focusBack(selected: string | null): void {
  const card = selected === null ? null : document.querySelector<HTMLElement>(`.network [data-node="${selected}"]`);
  (card ?? document.querySelector<HTMLElement>('.add-button'))?.focus();
}

/** 'behind conv1', 'before logits', 'between conv1 and conv2'. */
function useWhere(place: AddPlace): string {
  const graph = useSpecPart('graph');
  const check = usePage((one) => one.check);
  const kinds = usePage((one) => one.catalog?.kinds ?? NO_KINDS);
  return useMemo(() => {
    const nodes = wire(graph);
    if (place.kind === 'edge') return `between ${words(sourceAt(nodes, place))} and ${place.to}`;
    const source = place.kind === 'behind' ? place.source : endOf(nodes, check, groupsOf(kinds));
    return place.kind === 'end' ? behindOrBefore(nodes, source) : `behind ${words(source)}`;
  }, [graph, check, kinds, place]);
}

const words = (source: string): string => (source === INPUT ? 'the input' : source);

function behindOrBefore(nodes: Wired, source: string): string {
  const last = nodes.at(-1)?.id;
  const next = readers(nodes, nodeOf(source))[0];
  return next && last ? `before ${last}` : `behind ${words(source)}`;
}
