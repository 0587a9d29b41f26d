/** All sets in groups, with a search; one press trains on another one. */
import { TextInput, UnstyledButton } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../../forms/Icon';
import { useDataFiles, useSpec, useWorkplace } from '../../session/react';
import { changesText } from './changes';
import { choose, tried, wishFor } from './choosing';
import type { Fitted } from './fitting';
import { SetCard } from './SetCard';
import { byGroup, type Choosable, chosenIn, matching, needsFiles, OWN } from './sets';

interface GalleryProps {
  readonly sets: readonly Choosable[];
  /** The set beside the gallery that is not the one in use. */
  readonly looked: string | null;
  onLook(key: string | null): void;
}

export function Gallery({ sets, looked, onLook }: GalleryProps) {
  const workplace = useWorkplace();
  const spec = useSpec();
  const originals = useDataFiles((files) => files.originals);
  const isKnown = useDataFiles((files) => files.uploads !== null || files.problem !== null);
  const [query, setQuery] = useState('');
  const [busy, setBusy] = useState<string | null>(null);
  const [pointed, setPointed] = useState<Choosable | null>(null);
  const hint = useId();
  const chosen = chosenIn(sets, spec.data);
  const found = matching(sets, query);
  const { datasets } = workplace.session;
  const isHere = ({ dataset }: Choosable): boolean =>
    datasets.store.getState().originals.every((one) => one.dataset !== dataset || one.status === 'ready');
  /** Whether its files are here cannot be told yet. */
  const isOpen = (one: Choosable): boolean => !isKnown && needsFiles(one);
  const press = async (one: Choosable): Promise<void> => {
    if (isOpen(one)) await datasets.refresh();
    if (!isHere(one)) return onLook(one.key);
    onLook(null);
    if (one === chosen || busy !== null) return;
    setBusy(one.key);
    await choose(workplace, one.title, wishFor(one, spec, chosen?.kind));
    setBusy(null);
  };
  return (
    <div className="gallery">
      <div className="gallery-head">
        <TextInput
          className="gallery-search"
          leftSection={<Icon name="search" size={14} />}
          placeholder="Search"
          aria-label="Search datasets"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <span className="grow" />
        <UnstyledButton className="link" onClick={() => workplace.page.setState({ dataPage: 'own' })}>
          <Icon name="plus" size={13} /> Bring your own
        </UnstyledButton>
      </div>
      <div className="gallery-sets">
        {found.length === 0 ? <Nothing onClear={() => setQuery('')} /> : null}
        {byGroup(found).map(([group, members]) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <div className="gallery-grid">
              {members.map((one) => (
                <SetCard
                  key={one.key}
                  one={one}
                  original={originals.find(({ dataset }) => dataset === one.kind.kind)}
                  isKnown={isKnown}
                  isChosen={one === chosen}
                  isLookedAt={one.key === looked}
                  isBusy={one.key === busy}
                  describedBy={hint}
                  onPress={() => void press(one)}
                  onPoint={() => setPointed(one)}
                  onDelete={group === OWN && one.upload ? () => remove(one) : undefined}
                />
              ))}
            </div>
          </section>
        ))}
      </div>
      <Hint
        id={hint}
        one={pointed && !isOpen(pointed) ? pointed : null}
        isChosen={pointed !== null && pointed === chosen}
        isHere={pointed === null || isHere(pointed)}
        before={chosen}
      />
    </div>
  );

  function remove({ upload }: Choosable): void {
    if (upload) workplace.session.datasets.remove(upload);
  }
}

const Nothing = ({ onClear }: { onClear(): void }) => (
  <p className="gallery-nothing">
    <b>No set has these words.</b>{' '}
    <UnstyledButton className="link" onClick={onClear}>
      Show all
    </UnstyledButton>
  </p>
);

/** A pointer that only passes by asks nothing. */
const RESTS_MS = 140;

interface HintProps {
  readonly id: string;
  readonly one: Choosable | null;
  readonly isChosen: boolean;
  /** False where its files must be fetched first. */
  readonly isHere: boolean;
  readonly before: Choosable | undefined;
}

/** What choosing the set would change, before it is pressed. */
function Hint({ id, one, isChosen, isHere, before }: HintProps) {
  const workplace = useWorkplace();
  const spec = useSpec();
  const [found, setFound] = useState<{ readonly key: string; readonly fitted: Fitted | null } | null>(null);
  const known = useRef({ spec, all: new Map<string, Promise<Fitted | null>>() });
  if (known.current.spec !== spec) known.current = { spec, all: new Map() };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked depends on the set and the experiment
  useEffect(() => {
    if (!one || isChosen || !isHere) return;
    let isOpen = true;
    const { all } = known.current;
    const timer = setTimeout(() => {
      const look = all.get(one.key) ?? tried(workplace, wishFor(one, spec, before?.kind));
      all.set(one.key, look);
      void look.then((fitted) => isOpen && setFound({ key: one.key, fitted }));
    }, RESTS_MS);
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, [one, isChosen, isHere, spec]);
  const text = one && !isChosen && found?.key === one.key ? hintText(found.fitted) : '';
  return (
    <p className="gallery-hint" id={id}>
      {one ? <b>{one.title}</b> : null}{' '}
      {isChosen ? 'is in use.' : isHere ? text : 'Its files are not on this server yet. Press to see how to get them.'}
      {one ? null : 'Choosing a set starts a new run.'}
    </p>
  );
}

function hintText(fitted: Fitted | null): string {
  if (!fitted) return '';
  if (fitted.problem) return fitted.problem.message;
  return `${changesText(fitted.changes)} Starts a new run.`;
}
