/** The augmentations of the run, in the order in which they act. */
import { useState } from 'react';

import { findKind } from '../../../forms/schema';
import type { Kind } from '../../../generated/schemas';
import { useAugmented, usePage, useSession, useSpec } from '../../../session/react';
import type { EditPhase } from '../../../words/edit';
import { Entry } from './Entry';
import { chanceOf, changed, type List, listOf, moved, removed, switched, withList } from './list';

const NONE: readonly Kind[] = [];

export function AugmentList() {
  const list = listOf(useSpec());
  const kinds = usePage((page) => page.catalog?.kinds ?? NONE);
  const { frame } = useAugmented('list');
  const edit = useListEdit();
  const [dragged, drag] = useState<number | null>(null);
  return (
    <section className="augment-list" aria-label="Augmentation">
      <h3>
        Augmentation <span className="tag live">live</span>
      </h3>
      <p className="xs muted">
        Of the training batches only, before preprocessing, new at every step; the seed decides. Labels are kept, unless
        samples are mixed.
      </p>
      {list.length === 0 ? (
        <p className="sm">
          <b>None yet.</b> Add some from the gallery.
        </p>
      ) : (
        <ol>
          {list.map((spec, place) => (
            <Entry
              key={`${spec.kind} ${nth(list, place)}`}
              place={place}
              count={list.length}
              spec={spec}
              kind={findKind(kinds, 'augmentation', spec.kind)}
              chance={chanceOf(spec, kinds)}
              item={itemOf(frame?.items, list, place)}
              dragged={dragged}
              onDrag={drag}
              onField={(name, value, phase) => edit((now) => changed(now, place, name, value), phase)}
              onSwitch={(isOn, before) => edit((now) => switched(now, place, isOn, before))}
              onMove={(from, to) => edit((now) => moved(now, from, to))}
              onRemove={() => edit((now) => removed(now, place))}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Changes the list, as one edit of the experiment. */
export function useListEdit(): (change: (list: List) => List, phase?: EditPhase) => void {
  const session = useSession();
  return (change, phase) => session.edit((spec) => withList(spec, change(listOf(spec))), phase);
}

/** How many of its kind stand before it: with the kind the name of an entry, which it keeps when it moves. */
const nth = (list: List, place: number): number =>
  list.slice(0, place).filter(({ kind }) => kind === list[place]?.kind).length;

/** The pictures of an entry; while a new list is on its way, those of the same kind at the same place. */
function itemOf<Item extends { node: string }>(items: readonly Item[] | undefined, list: List, place: number) {
  const item = items?.[place];
  return item && (items.length === list.length || item.node === list[place]?.kind) ? item : null;
}
