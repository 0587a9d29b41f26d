/** One image under every augmentation that can change it: the way to choose. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { formatCount } from '../../../draw';
import { Icon } from '../../../forms/Icon';
import type { Kind } from '../../../generated/schemas';
import { useAugmented, usePage, useSpec } from '../../../session/react';
import type { ImageGridItem } from '../../../words/frames';
import { useListEdit } from './AugmentList';
import { added, groupsFor, listOf } from './list';
import { Pictures } from './Pictures';

interface GalleryProps {
  readonly inputKind: string;
  readonly index: number;
  readonly numTrain: number;
  readonly onIndex: (index: number) => void;
}

const NONE: readonly Kind[] = [];

export function Gallery({ inputKind, index, numTrain, onIndex }: GalleryProps) {
  const kinds = usePage((page) => page.catalog?.kinds ?? NONE);
  const { frame, problem, isAsking } = useAugmented('gallery');
  const label = frame?.items[0]?.names[0];
  const go = (step: number): void => onIndex((index + step + numTrain) % numTrain);
  return (
    <section className="augment-gallery" aria-label="One image under every augmentation" aria-busy={isAsking}>
      <header>
        <h3>One image under every augmentation</h3>
        <span className="grow" />
        <span className="sm muted num">
          training sample {formatCount(index + 1)}
          {label ? ` · label ${label}` : ''}
        </span>
        <Tooltip label="The sample before">
          <ActionIcon size="sm" aria-label="The sample before" onClick={() => go(-1)}>
            <Icon name="left" size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="The next sample">
          <ActionIcon size="sm" aria-label="The next sample" onClick={() => go(1)}>
            <Icon name="right" size={14} />
          </ActionIcon>
        </Tooltip>
      </header>
      {problem ? (
        <p className="augment-problem sm" role="alert">
          {problem}
        </p>
      ) : null}
      {groupsFor(kinds, inputKind).map(([group, ofGroup]) => (
        <div key={group} className="augment-group">
          <h4>{group}</h4>
          <ul>
            {ofGroup.map((kind) => (
              <Card key={kind.kind} kind={kind} item={frame?.items.find(({ node }) => node === kind.kind)} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** Press to add it to the list. */
function Card({ kind, item }: { readonly kind: Kind; readonly item: ImageGridItem | undefined }) {
  const edit = useListEdit();
  const uses = listOf(useSpec()).filter((one) => one.kind === kind.kind).length;
  const isGrey = kind.details.needs_colour === true && item !== undefined && !item.in_colour;
  return (
    <li>
      <Tooltip label={`${kind.help} Press to add it.`} multiline w={280} openDelay={500}>
        <button
          type="button"
          className="augment-card"
          data-kind={kind.kind}
          aria-label={`Add ${kind.title}`}
          onClick={() => edit((list) => added(list, kind))}
        >
          <span className="augment-card-head">
            <span className="clip">{kind.title}</span>
            {uses > 0 ? <span className="tag neutral">{uses > 1 ? `in the list ${uses}×` : 'in the list'}</span> : null}
            <Icon name="plus" size={13} />
          </span>
          {item ? (
            <Pictures item={item} side={48} columns={6} label={`The sample, then draws of ${kind.title}`} />
          ) : (
            <span className="augment-waiting" />
          )}
          <span className="xs muted clip">
            {isGrey ? 'Nothing to change: these images are grey.' : mixedWords(item)}
          </span>
        </button>
      </Tooltip>
    </li>
  );
}

/** Of mixed samples the labels, which are no longer one. */
function mixedWords(item: ImageGridItem | undefined): string {
  const mixed = item?.names.find((name) => name.includes(' + '));
  return mixed ? `labels such as ${mixed}` : '';
}
