/** A folded block that is selected: what is in it, and what can be done with it as a whole. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../forms/Icon';
import { NumberField } from '../forms/NumberField';
import { useSpecPart, useWorkplace } from '../session/react';
import { foldBlocks, repeatChosen } from './actions';
import type { Card } from './cards';
import { rowName, rowsOf } from './folding';
import { wire } from './graph';
import { NodeButtons } from './NodeButtons';
import { largeCount } from './words';

const LIMITS = { isWhole: true, low: 2, high: 64, isLowOpen: false, isHighOpen: false };
const SCALE = { kind: 'linear', low: 2, high: 12, step: 1 } as const;

interface BlockInspectorProps {
  readonly card: Card;
  readonly block: string;
  /** So many equal blocks are folded into the card. */
  readonly times: number;
  titleOf(kind: string): string;
}

export function BlockInspector({ card, block, times, titleOf }: BlockInspectorProps) {
  const workplace = useWorkplace();
  const graph = useSpecPart('graph');
  // A row unfolds to its blocks, a block to its layers; the first block of a row takes the others in again.
  const isRow = times > 1;
  const row = rowsOf(wire(graph)).find(([first]) => first === block);
  const folds = isRow ? { [rowName(block)]: false } : { [block]: false };
  const gathers = Object.fromEntries([...(row ?? []), rowName(block)].map((name) => [name, true]));
  const multiplyAdds = card.members.reduce((sum, node) => sum + node.multiply_adds, 0);
  return (
    <div className="inspector nodrag nopan">
      <p className="inspector-help">
        {card.members
          .slice(0, card.members.length / times)
          .map((node) => titleOf(node.kind))
          .join(' · ')}
        {isRow ? `, ${times} times` : ''}
        {multiplyAdds > 0 ? ` · ${largeCount(multiplyAdds)} multiply-adds` : ''}
      </p>
      <div className="block-tools">
        <Button leftSection={<Icon name="unfold" size={13} />} onClick={() => foldBlocks(workplace, folds)}>
          Unfold
        </Button>
        {row && !isRow ? (
          <Button leftSection={<Icon name="fold" size={13} />} onClick={() => foldBlocks(workplace, gathers)}>
            Fold × {row.length}
          </Button>
        ) : null}
        <Repeat />
        <span className="grow" />
        <NodeButtons id={block} />
      </div>
    </div>
  );
}

/** So many times in a row. */
export function Repeat() {
  const workplace = useWorkplace();
  const [times, setTimes] = useState(2);
  return (
    <span className="repeat">
      <Button onClick={() => repeatChosen(workplace, times)}>Repeat ×</Button>
      <NumberField
        label="How many times in a row"
        value={times}
        scale={SCALE}
        limits={LIMITS}
        onChange={(value) => setTimes(value ?? 2)}
      />
    </span>
  );
}
