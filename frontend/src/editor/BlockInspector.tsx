/** A folded block that is selected: what is in it, and what can be done with it as a whole. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../forms/Icon';
import { NumberField } from '../forms/NumberField';
import { useWorkplace } from '../session/react';
import { foldBlock, repeatChosen } from './actions';
import type { Card } from './cards';
import { NodeButtons } from './NodeButtons';
import { largeCount } from './words';

const LIMITS = { isWhole: true, low: 2, high: 64, isLowOpen: false, isHighOpen: false };
const SCALE = { kind: 'linear', low: 2, high: 12, step: 1 } as const;

interface BlockInspectorProps {
  readonly card: Card;
  readonly block: string;
  titleOf(kind: string): string;
}

export function BlockInspector({ card, block, titleOf }: BlockInspectorProps) {
  const workplace = useWorkplace();
  const multiplyAdds = card.members.reduce((sum, node) => sum + node.multiply_adds, 0);
  return (
    <div className="inspector nodrag nopan">
      <p className="inspector-help">
        {card.members.map((node) => titleOf(node.kind)).join(' · ')}
        {multiplyAdds > 0 ? ` · ${largeCount(multiplyAdds)} multiply-adds` : ''}
      </p>
      <div className="block-tools">
        <Button leftSection={<Icon name="unfold" size={13} />} onClick={() => foldBlock(workplace, block, false)}>
          Unfold
        </Button>
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
