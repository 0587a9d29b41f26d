/** What follows a layer in its card: norm, activation, pooling, dropout. Each is pressed to open its fields. */
import { type MouseEvent, useCallback, useEffect, useRef } from 'react';
import { formatPercent } from '../draw';
import { Redraw } from '../draw/redraw';
import { findKind } from '../forms/schema';
import type { CheckedNode, Kind } from '../generated/schemas';
import type { FrameStore } from '../stores/frames';
import type { RunRecord } from '../stores/record';
import type { WiredNode } from './graph';
import { masksOf, paintMask } from './inside';
import { LiveCanvas } from './LiveCanvas';
import { NODE_TYPE } from './layerSearch';
import { distributionOf } from './pictures';
import { capNumber } from './words';

interface CapsProps {
  readonly caps: readonly CheckedNode[];
  readonly nodes: ReadonlyMap<string, WiredNode>;
  readonly kinds: readonly Kind[];
  readonly record: RunRecord | null;
  /** The cap whose fields are open. */
  readonly open: string | null;
  onChoose(id: string, event: MouseEvent): void;
}

export function Caps({ caps, nodes, kinds, record, open, onChoose }: CapsProps) {
  return (
    <ul className="caps nodrag">
      {caps.map((node) => {
        const kind = findKind(kinds, 'layer', node.kind);
        const known = capNumber(nodes.get(node.id)?.spec, node, kind);
        return (
          <li key={node.id}>
            <button
              type="button"
              data-node={node.id}
              aria-expanded={open === node.id}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData(NODE_TYPE, node.id);
                event.dataTransfer.effectAllowed = 'move';
              }}
              onClick={(event) => onChoose(node.id, event)}
            >
              {kind?.title ?? node.kind}
              <CapNumber record={record} node={node.id} known={known} />
              {/^dropout/.test(node.kind) ? <Mask record={record} node={node.id} /> : null}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const MASK = { width: 72, height: 14 };

/** Which units the dropout silenced in the last training batch. */
function Mask({ record, node }: { readonly record: RunRecord | null; readonly node: string }) {
  const draw = useCallback(
    (canvas: HTMLCanvasElement, frames: FrameStore | null) => {
      const found = masksOf(frames, node);
      // It keeps a place of its own, for what has none is never in sight and would never be drawn.
      if (found) paintMask(canvas, found, MASK);
      else canvas.width = 1;
      canvas.style.visibility = found ? '' : 'hidden';
    },
    [node],
  );
  return <LiveCanvas record={record} className="pixels cap-mask" label={`What ${node} dropped`} draw={draw} />;
}

interface CapNumberProps {
  readonly record: RunRecord | null;
  readonly node: string;
  readonly known: string;
}

/** The one number of a cap: known before, or for an activation the share that is zero (or saturated) now. */
function CapNumber({ record, node, known }: CapNumberProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const item = known ? undefined : distributionOf(record?.frames ?? null, [node]);
      const text = known || (item ? shareText(item) : '');
      if (place.current && place.current.textContent !== text) place.current.textContent = text;
    };
    draw();
    const redraw = new Redraw('picture', draw);
    const leave = record?.frames.subscribe(redraw.request);
    return () => {
      leave?.();
      redraw.dispose();
    };
  }, [record, node, known]);
  return <em ref={place} className="num" />;
}

const shareText = (item: { readonly zeros: number; readonly saturated?: number | null }): string =>
  typeof item.saturated === 'number'
    ? `${formatPercent(item.saturated)} saturated`
    : `${formatPercent(item.zeros)} zero`;
