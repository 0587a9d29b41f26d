/** The batch that step 1 trains on: as stored, augmented, and as the network reads it. */
import { formatCount, formatCounted, formatNumber } from '../../../draw';
import { useAugmented, useSpecPart } from '../../../session/react';
import type { ImageGridItem } from '../../../words/frames';
import { fitSamples } from './fit';
import { Pictures } from './Pictures';

const STAGES: Readonly<Record<string, string>> = {
  stored: 'As stored',
  augmented: 'Augmented',
  read: 'As the network reads it',
};
const COLUMNS = 16;
const SIDE = 40;

/** How many samples there is room for; of clips fewer than came. */
function shownOf(item: ImageGridItem | undefined): number {
  const [num = 0, , height = 1, width = 1] = item?.images.shape ?? [];
  return Math.min(num, fitSamples(height, width, SIDE, COLUMNS).most);
}

export function FirstBatch() {
  const { frame, problem, isAsking } = useAugmented('batch');
  const seed = useSpecPart('training').seed;
  const shown = shownOf(frame?.items[0]);
  return (
    <section className="augment-batch" aria-label="The first batch" aria-busy={isAsking}>
      <header>
        <h3>The first batch</h3>
        <span className="grow" />
        <span className="xs muted num">
          {frame && shown < frame.num_samples ? `${shown} of ${formatCount(frame.num_samples)} samples · ` : ''}
          step 1 · train · seed {seed}
        </span>
      </header>
      {problem ? (
        <p className="augment-problem sm" role="alert">
          {problem}
        </p>
      ) : frame ? (
        <div className="augment-stages">
          {frame.items.map((item) => (
            <Stage key={item.node} item={item} stored={frame.items[0]} />
          ))}
        </div>
      ) : (
        <div className="augment-waiting tall" />
      )}
    </section>
  );
}

function Stage({ item, stored }: { readonly item: ImageGridItem; readonly stored: ImageGridItem | undefined }) {
  const title = STAGES[item.node] ?? item.node;
  const isKept = item.node === 'augmented' && item.names.join('\n') === stored?.names.join('\n');
  const mixed = item.names.filter((name) => name.includes(' + '));
  return (
    <figure>
      <figcaption className="sm">
        {title}{' '}
        <span className="xs muted num">
          {formatNumber(item.low)} … {formatNumber(item.high)}
        </span>
        {mixed.length > 0 && item.node === 'augmented' ? (
          <span className="xs muted">
            {' '}
            · {formatCount(mixed.length)} with two labels or more, such as {mixed[0]}
          </span>
        ) : null}
        {isKept ? <span className="xs muted"> · every label kept</span> : null}
      </figcaption>
      <Pictures
        item={item}
        side={SIDE}
        columns={COLUMNS}
        label={`${title}: ${formatCounted(shownOf(item), 'sample')}, labels ${item.names.slice(0, COLUMNS).join(', ')}`}
      />
    </figure>
  );
}
